// A recording that nobody ever hears but its speaker. Nothing here can send or store:
// neither the uploader nor the store is imported.

import { CaptureError, chooseType, close, makeRecorder, openDevices, type Kind } from "../media/capture";
import { Emitter } from "../media/emitter";
import type { Obstacle, Phase } from "../media/recorder";
import type { Shown } from "../media/view";

const longest = 60; // seconds
const shortest = 1;
const countdown = 3;

interface Events {
  change: Phase;
  countdown: number; // seconds to go
  second: number; // recorded so far
}

/** Records like a recorder of answers, and forgets. */
export class Practice extends Emitter<Events> implements Shown {
  phase: Phase = "idle";
  obstacle: Obstacle | null = null;
  stream: MediaStream | null = null;
  run: Shown["run"] = null;
  readonly status = null;
  readonly stopped = null;
  readonly left = null;
  readonly seconds = longest;

  private recorder: MediaRecorder | null = null;
  private begun = 0;
  private timer = 0;
  private cancelled = false;

  constructor(private readonly kind: Kind) {
    super();
  }

  /** Turns the devices on. */
  async prepare(): Promise<void> {
    if (!["idle", "ready", "failed"].includes(this.phase)) return;
    this.run = null;
    this.cancelled = false;
    this.enter("asking");
    try {
      if (chooseType(this.kind) === null) throw new CaptureError("unsupported", null);
      this.stream = await openDevices(this.kind);
    } catch (error) {
      return this.refuse(error);
    }
    if (this.cancelled) return this.off();
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

  /** Counts down and records. */
  async start(): Promise<void> {
    if (this.phase !== "armed" || !this.stream) return;
    this.cancelled = false;
    this.enter("starting");
    for (let left = countdown; left > 0 && !this.cancelled; left--) {
      this.emit("countdown", left);
      await new Promise((later) => setTimeout(later, 1_000));
    }
    if (this.cancelled || !this.stream) {
      this.off();
      return this.enter("idle");
    }
    this.record(this.stream);
  }

  /** Ends the countdown. */
  cancel(): void {
    this.cancelled = true;
  }

  /** Ends the recording. */
  stop(): void {
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  /** Turns everything off. */
  close(): void {
    this.cancelled = true;
    this.stop();
    this.off();
  }

  private record(stream: MediaStream): void {
    const parts: Blob[] = [];
    const recorder = makeRecorder(stream, this.kind);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => this.end(new Blob(parts, { type: recorder.mimeType }));
    recorder.start();
    this.recorder = recorder;
    this.begun = performance.now();
    this.timer = window.setInterval(() => this.tick(), 250);
    this.enter("recording");
  }

  private tick(): void {
    const seconds = (performance.now() - this.begun) / 1000;
    this.emit("second", seconds);
    if (seconds >= longest) this.stop();
  }

  private end(recorded: Blob): void {
    clearInterval(this.timer);
    this.off();
    if (this.cancelled) return;
    const long = (performance.now() - this.begun) / 1000 >= shortest;
    this.run = long ? { blob: () => recorded } : null;
    this.enter(long ? "ready" : "failed");
  }

  private lost(): void {
    if (this.phase === "armed") this.refuse(new CaptureError("none", null));
  }

  private refuse(error: unknown): void {
    this.off();
    this.obstacle = { problem: error instanceof CaptureError ? error.problem : "other" };
    this.enter("idle");
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    if (phase !== "idle") this.obstacle = null;
    this.emit("change", phase);
  }

  private off(): void {
    close(this.stream);
    this.stream = null;
  }
}
