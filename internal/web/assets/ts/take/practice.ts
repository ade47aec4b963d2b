// A recording that nobody ever hears but its speaker. Nothing here can send or store:
// neither the uploader nor the store is imported.

import { Booth } from "../media/booth";
import { makeRecorder } from "../media/capture";
import type { Shown } from "../media/view";

const longest = 60; // seconds
const shortest = 1;
const countdown = 3;

/** Records like a recorder of answers, and forgets. */
export class Practice extends Booth implements Shown {
  run: Shown["run"] = null;
  readonly status = null;
  readonly stopped = null;
  readonly left = null;
  readonly seconds = longest;

  private recorder: MediaRecorder | null = null;
  private begun = 0;
  private timer = 0;

  /** Counts down and records. */
  async start(): Promise<void> {
    if (this.phase !== "armed" || !this.stream) return;
    this.cancelled = false;
    this.enter("starting");
    await this.countDown(countdown);
    if (this.cancelled || !this.stream) {
      this.off();
      return this.enter("idle");
    }
    this.record(this.stream);
  }

  /** Ends the recording. */
  stop(): void {
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  /** Turns everything off. */
  close(): void {
    this.closed = this.cancelled = true;
    this.stop();
    this.off();
  }

  protected forget(): void {
    this.run = null;
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
    if (this.closed) return;
    const long = (performance.now() - this.begun) / 1000 >= shortest;
    this.run = long ? { blob: () => recorded } : null;
    this.enter(long ? "ready" : "failed");
  }
}
