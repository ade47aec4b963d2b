// The custom element of a recorder: attributes in, events out.

import type { Phase } from "./booth";
import type { Kind } from "./capture";
import { DeviceLists } from "./devices";
import type { Purpose } from "./protocol";
import { Recorder } from "./recorder";
import { Senses } from "./senses";
import { uploadsOf, type Progress } from "./uploads";
import { View } from "./view";
import { fill, told, wordsOf } from "./words";

const spoken = [60, 30, 10]; // seconds left that are said aloud

/** What an event says of the take: "take-armed", "take-opened", "take-ready", … */
export interface TakeDetail {
  id: string;
  url: string;
  left: number | null;
  failure: string;
}

/**
 * A recorder of answers or prompts. Attributes:
 *
 *   kind       "audio" or "video"
 *   open       where a recording is asked for
 *   owner      the id of the invite, or whatever the recordings belong to
 *   question   its number; 0 or absent: none
 *   left       how many takes are left; absent: no limit
 *   current    the URL of the newest take there is, if there is one
 *   countdown  seconds before the recording begins; absent: 3
 *   send       the id of a button that may be pressed only once the take is verified
 *   words      what it says (words.ts), as JSON
 *
 * Each step is told by an event that bubbles, "take-" and the phase, with TakeDetail;
 * "take-opened" when the server has reserved a take, "take-refused" with a code when it
 * has not. A page must be silent from "take-asking" on.
 */
export abstract class RecorderElement extends HTMLElement {
  protected abstract readonly purpose: Purpose;

  private recorder: Recorder | null = null;
  private view: View | null = null;
  private devices: DeviceLists | null = null;
  private senses: Senses | null = null;
  private deaf: (() => void)[] = [];
  private words = wordsOf(this);
  private lost = false; // the connection

  connectedCallback(): void {
    this.words = wordsOf(this);
    const recorder = this.makeRecorder();
    this.devices = new DeviceLists(this.kind === "video" ? ["audioinput", "videoinput"] : ["audioinput"], this.words, () => void recorder.change());
    const view = new View(this, this.kind, this.words, this.devices.element, {
      prepare: () => void recorder.prepare(),
      start: () => void recorder.start(),
      cancel: () => recorder.cancel(),
      stop: () => recorder.stop(),
      use: () => void recorder.use(),
      again: () => void recorder.again(),
    });
    this.recorder = recorder;
    this.view = view;
    this.listen(recorder, view);
    this.step(recorder.phase);
    void recorder.restore();
  }

  disconnectedCallback(): void {
    this.recorder?.close();
    this.quiet();
    this.devices?.close();
    this.view?.close();
    for (const deaf of this.deaf.splice(0)) deaf();
    this.recorder = this.view = this.devices = null;
  }

  /** Turns the devices on, as the button does. */
  prepare(): Promise<void> {
    return this.recorder?.prepare() ?? Promise.resolve();
  }

  /** Starts recording when the devices are on, as the button does. */
  start(): Promise<void> {
    return this.recorder?.start() ?? Promise.resolve();
  }

  /** Ends the recording, as the button does. */
  stop(): void {
    this.recorder?.stop();
  }

  private get kind(): Kind {
    return this.getAttribute("kind") === "video" ? "video" : "audio";
  }

  private get owner(): string {
    return this.getAttribute("owner") ?? "";
  }

  private makeRecorder(): Recorder {
    const left = this.getAttribute("left");
    return new Recorder({
      uploads: uploadsOf(this.owner),
      kind: this.kind,
      subject: { owner: this.owner, purpose: this.purpose, question: Number(this.getAttribute("question") ?? 0) },
      openURL: this.getAttribute("open") ?? "",
      current: this.getAttribute("current") ?? "",
      left: left === null ? null : Number(left),
      countdown: Number(this.getAttribute("countdown") ?? 3),
    });
  }

  private listen(recorder: Recorder, view: View): void {
    this.deaf = [
      recorder.on("change", (phase) => this.step(phase)),
      recorder.on("opened", () => this.tell("opened")),
      recorder.on("countdown", (left) => view.countDown(left)),
      recorder.on("second", (seconds) => this.tick(seconds)),
      uploadsOf(this.owner).on("progress", (progress) => this.progress(progress)),
    ];
  }

  private step(phase: Phase): void {
    const { recorder, view } = this;
    if (!recorder || !view) return;
    this.dataset.phase = phase;
    view.show(recorder);
    this.sense(recorder, view);
    this.allowSend(phase === "ready");
    if (phase === "recording") view.tick(0, recorder.seconds);
    if (phase === "uploading") this.progress(uploadsOf(this.owner).latest);
    const { obstacle } = recorder;
    if (obstacle && "refusal" in obstacle) this.tell("refused", { code: obstacle.refusal.code, message: obstacle.refusal.message });
    else this.tell(phase);
  }

  /** Watches sound and picture while the devices are on. */
  private sense(recorder: Recorder, view: View): void {
    const { stream } = recorder;
    if (!stream) return this.quiet();
    if (this.senses) return;
    this.senses = new Senses(stream, this.kind === "video" ? view.preview : null);
    this.senses.on("level", (level) => view.level.show(level));
    this.senses.on("warning", (warning) => view.warn(warning));
    void this.devices?.refresh();
  }

  private quiet(): void {
    this.senses?.close();
    this.senses = null;
    this.view?.warn(null);
  }

  private tick(seconds: number): void {
    const { recorder, view } = this;
    if (!recorder || !view) return;
    view.tick(seconds, recorder.seconds);
    const left = Math.ceil(recorder.seconds - seconds);
    if (recorder.seconds > left && spoken.includes(left)) view.tell(fill(this.words.seconds_left, { seconds: left }));
  }

  private progress(progress: Progress): void {
    const { recorder, view, words } = this;
    if (!recorder || !view) return;
    const busy = recorder.phase === "recording" || recorder.phase === "uploading";
    view.warnUnsaved(busy && !progress.durable);
    if (recorder.phase === "uploading") view.tell(told(progress, words));
    const lost = progress.state === "waiting";
    if (recorder.phase === "recording" && lost !== this.lost) view.tell(lost ? words.recording_offline : words.recording);
    this.lost = lost;
  }

  private allowSend(allowed: boolean): void {
    const button = document.getElementById(this.getAttribute("send") ?? "");
    if (button instanceof HTMLButtonElement) button.disabled = !allowed;
  }

  private tell(name: string, more: object = {}): void {
    const { recorder } = this;
    const detail = { ...recorder?.take, left: recorder?.left ?? null, failure: recorder?.status?.failure ?? recorder?.stopped ?? "" };
    this.dispatchEvent(new CustomEvent(`take-${name}`, { bubbles: true, detail: { ...detail, ...more } }));
  }
}
