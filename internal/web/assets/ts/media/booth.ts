// What every recorder has in common, whether it keeps what it hears or not: devices
// that are turned on and off, a countdown, and where it stands.

import { Refusal } from "./call";
import { CaptureError, chooseType, close, openDevices, type Kind, type Problem } from "./capture";
import { Emitter } from "./emitter";
import type { Opened } from "./protocol";

export type Phase =
  | "idle" // devices are off
  | "asking" // the browser asks its user for the devices
  | "armed" // devices are on
  | "starting" // the countdown runs
  | "recording"
  | "cut" // broken off: use what there is, or record again at no cost?
  | "uploading"
  | "checking" // the server has all of it
  | "ready" // verified
  | "failed"; // technically; not counted

/** What stands in the way of the next step. */
export type Obstacle = { problem: Problem | "elsewhere" | "offline" } | { refusal: Refusal };

interface Events {
  change: Phase;
  opened: Opened; // the server has reserved a take
  countdown: number; // seconds to go
  second: number; // recorded so far
}

const between: Phase[] = ["idle", "ready", "failed", "uploading", "checking"];

/** Where somebody speaks. Its phase, and what belongs to it, may be read at any time;
 *  "change" tells of each step. */
export abstract class Booth extends Emitter<Events> {
  phase: Phase = "idle";
  obstacle: Obstacle | null = null;
  stream: MediaStream | null = null;

  protected cancelled = false;
  protected closed = false;

  constructor(protected readonly kind: Kind) {
    super();
  }

  /** Turns the devices on. */
  async prepare(): Promise<void> {
    if (!between.includes(this.phase)) return;
    this.forget();
    this.enter("asking");
    try {
      if (chooseType(this.kind) === null) throw new CaptureError("unsupported", null);
      this.stream = await openDevices(this.kind);
    } catch (error) {
      return this.refuse(obstacleOf(error));
    }
    if (this.closed) return this.off();
    for (const track of this.stream.getTracks()) track.addEventListener("ended", () => this.lost(), { once: true });
    this.enter("armed");
  }

  /** Turns the devices on again, as they are chosen now. */
  async change(): Promise<void> {
    if (this.phase !== "armed") return;
    this.off();
    this.phase = "idle";
    await this.prepare();
  }

  /** Ends the countdown; nothing is counted. */
  cancel(): void {
    this.cancelled = true;
  }

  /** Lets go of what was recorded before: there will be more. */
  protected abstract forget(): void;

  protected async countDown(seconds: number): Promise<void> {
    for (let left = seconds; left > 0 && !this.cancelled; left--) {
      this.emit("countdown", left);
      await new Promise((later) => setTimeout(later, 1_000));
    }
  }

  protected refuse(obstacle: Obstacle): void {
    this.off();
    this.obstacle = obstacle;
    this.enter("idle");
  }

  protected enter(phase: Phase): void {
    this.phase = phase;
    if (phase !== "idle") this.obstacle = null;
    if (!this.closed) this.emit("change", phase);
  }

  /** When nothing is recorded microphone and camera are off. */
  protected off(): void {
    close(this.stream);
    this.stream = null;
  }

  /** A device went before the countdown. */
  private lost(): void {
    if (this.phase === "armed") this.refuse({ problem: "none" });
  }
}

/** What an error means to whoever wants to record. */
export function obstacleOf(error: unknown): Obstacle {
  if (error instanceof CaptureError) return { problem: error.problem };
  if (!(error instanceof Refusal)) return { problem: "other" };
  return error.status === 0 ? { problem: "offline" } : { refusal: error };
}
