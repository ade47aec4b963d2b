import type { Phase } from "../media/booth";
import type { Kind } from "../media/capture";
import { DeviceLists } from "../media/devices";
import { Senses } from "../media/senses";
import { View } from "../media/view";
import { wordsOf } from "../media/words";
import { Practice } from "./practice";

/**
 * <practice-recorder>: a recorder that looks like that of an answer and sends nothing.
 * Attributes: kind ("audio" or "video"), and words as JSON (words.ts). Once something
 * was recorded, the link #onward says what its data-practised holds.
 */
export class PracticeRecorder extends HTMLElement {
  private practice: Practice | null = null;
  private view: View | null = null;
  private devices: DeviceLists | null = null;
  private senses: Senses | null = null;

  connectedCallback(): void {
    const words = wordsOf(this);
    const kind: Kind = this.getAttribute("kind") === "video" ? "video" : "audio";
    const practice = new Practice(kind);
    this.devices = new DeviceLists(kind === "video" ? ["audioinput", "videoinput"] : ["audioinput"], words, () => void practice.change());
    const view = new View(this, kind, words, this.devices.element, {
      prepare: () => void practice.prepare(),
      start: () => void practice.start(),
      cancel: () => practice.cancel(),
      stop: () => practice.stop(),
      use: () => {},
      again: () => void practice.prepare(),
    });
    practice.on("change", (phase) => this.step(phase));
    practice.on("countdown", (left) => view.countDown(left));
    practice.on("second", (seconds) => view.tick(seconds, practice.seconds));
    this.practice = practice;
    this.view = view;
    this.step(practice.phase);
  }

  disconnectedCallback(): void {
    this.practice?.close();
    this.quiet();
    this.devices?.close();
    this.view?.close();
    this.practice = this.view = this.devices = null;
  }

  private step(phase: Phase): void {
    const { practice, view } = this;
    if (!practice || !view) return;
    this.dataset.phase = phase;
    view.show(practice);
    this.sense(practice, view);
    if (phase === "recording") view.tick(0, practice.seconds);
    if (phase === "ready") this.allowOnward();
  }

  /** Watches sound and picture while the devices are on. */
  private sense({ stream }: Practice, view: View): void {
    if (!stream) return this.quiet();
    if (this.senses) return;
    this.senses = new Senses(stream, this.getAttribute("kind") === "video" ? view.preview : null);
    this.senses.on("level", (level) => view.level.show(level));
    this.senses.on("warning", (warning) => view.warn(warning));
    void this.devices?.refresh();
  }

  private quiet(): void {
    this.senses?.close();
    this.senses = null;
    this.view?.warn(null);
  }

  private allowOnward(): void {
    const link = document.getElementById("onward");
    if (!link) return;
    link.classList.add("btn-primary");
    link.textContent = link.dataset.practised ?? "";
  }
}
