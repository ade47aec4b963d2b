// The screen or the camera, recorded while an assessment is taken: only from when the
// candidate has turned it on, and only until they turn it off.

import { Refusal } from "../media/call";
import { canShareScreen, CaptureError, chooseType, close, openScreen, openWebcam } from "../media/capture";
import { Emitter } from "../media/emitter";
import { abandon, open } from "../media/protocol";
import { Run } from "../media/run";
import type { Uploads } from "../media/uploads";
import type { Signals } from "./signals";

export type Kind = "screen" | "camera";

export type State =
  | "asked" // nobody has answered yet
  | "asking" // the browser asks
  | "pending" // it is on; the server could not be told yet
  | "on" // it is recorded
  | "stopped" // by the candidate or the device, not by us
  | "denied"
  | "none"
  | "busy"
  | "unsupported"
  | "over"; // the server will have no more of it

const url = "/take/evidence";
const pause = 5_000; // ms between tries to begin
const lowRate = 5; // pictures a second

const purposes = { screen: "screen", camera: "webcam" } as const;

/** Records one kind, run after run: each time that it is turned on is one recording. */
export class Observation extends Emitter<{ change: State }> {
  state: State = "asked";
  /** Whether what is shared is less than the whole screen. */
  part = false;

  private stream: MediaStream | null = null;
  private run: Run | null = null;
  private copy: MediaStream | null = null; // that is recorded
  private closed = false;

  constructor(
    readonly kind: Kind,
    private readonly uploads: Uploads,
    private readonly signals: Signals,
  ) {
    super();
    if (possible(kind)) return;
    this.state = "unsupported";
    signals.once(`${kind}_unsupported`);
  }

  /** Asks the browser; needs a click. What is recorded goes on until there is something
   *  else instead. */
  async start(): Promise<void> {
    if (this.state === "asking") return;
    if (!this.stream) this.enter("asking");
    let stream: MediaStream;
    try {
      stream = await (this.kind === "screen" ? openScreen() : openWebcam());
    } catch (error) {
      if (!this.stream) this.refuse(error instanceof CaptureError ? error.problem : "other");
      return;
    }
    if (this.closed) return close(stream);
    this.off();
    this.take(stream);
  }

  /** Notes that the candidate would rather not. */
  decline(): void {
    if (this.state === "asked") this.signals.add(`${this.kind}_refused`);
  }

  /** Ends the recording; nothing of it is lost. */
  close(): void {
    this.closed = true;
    this.off();
  }

  private take(stream: MediaStream): void {
    const surface = stream.getVideoTracks()[0]?.getSettings().displaySurface;
    this.part = this.kind === "screen" && surface !== undefined && surface !== "monitor";
    if (this.part) this.signals.add("screen_not_whole", { detail: surface ?? "" });
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.lost(stream), { once: true });
    this.stream = stream;
    void this.record(stream);
  }

  /** Fills one recording after the other for as long as the stream lasts. */
  private async record(stream: MediaStream): Promise<void> {
    const purpose = purposes[this.kind];
    while (this.stream === stream) {
      try {
        const opened = await open(url, { purpose, mime: chooseType(purpose) });
        if (this.stream !== stream) return void abandon(opened.url).catch(() => {});
        const subject = { owner: this.uploads.owner, purpose, question: 0 };
        const run = new Run(this.uploads, this.recorded(stream), purpose, opened, subject);
        this.run = run;
        await run.start();
        this.enter("on");
        const ending = await run.ended;
        if (ending === "device") this.lost(stream);
        else if (ending !== "limit" && ending !== "asked") this.finish(stream);
      } catch (error) {
        if (!(error instanceof Refusal) || !error.passing) return this.finish(stream);
        if (this.stream === stream) this.enter("pending");
        await new Promise((later) => setTimeout(later, pause));
      }
    }
  }

  /** The pictures to record: of a camera that an answer may share, fewer. */
  private recorded(stream: MediaStream): MediaStream {
    if (this.kind === "screen") return stream;
    close(this.copy);
    this.copy = stream.clone();
    for (const track of this.copy.getTracks()) {
      void track.applyConstraints({ frameRate: { max: lowRate } }).catch(() => {}); // they cost more then
    }
    return this.copy;
  }

  private lost(stream: MediaStream): void {
    if (this.stream !== stream) return;
    this.off();
    this.signals.add(`${this.kind}_stopped`);
    this.enter("stopped");
  }

  private finish(stream: MediaStream): void {
    if (this.stream !== stream) return;
    this.off();
    this.enter("over");
  }

  private refuse(problem: string): void {
    if (this.closed) return;
    if (this.kind === "screen" || problem === "denied") {
      this.signals.add(`${this.kind}_refused`);
      return this.enter("denied");
    }
    this.signals.add("camera_unsupported", { detail: problem });
    this.enter(problem === "none" ? "none" : "busy");
  }

  private off(): void {
    const { run, stream } = this;
    this.stream = this.run = null;
    this.part = false;
    run?.stop();
    close(stream);
    close(this.copy);
  }

  private enter(state: State): void {
    this.state = state;
    if (!this.closed) this.emit("change", state);
  }
}

function possible(kind: Kind): boolean {
  if (chooseType(purposes[kind]) === null) return false;
  return kind === "screen" ? canShareScreen() : typeof navigator.mediaDevices?.getUserMedia === "function";
}
