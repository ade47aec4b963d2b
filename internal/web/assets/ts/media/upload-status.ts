import { create } from "../lib/dom";
import { rescueFile } from "./rescue";
import { uploadsOf, type Progress, type Uploads } from "./uploads";
import { told, wordsOf, type Words } from "./words";

const long = 60_000; // ms without success until a file is offered

/** While a recording is sent as it is made, there is always a slice on its way: that
 *  is no news. */
function stateOf({ done, total, state, live }: Progress): Progress["state"] | "keeping_up" {
  const close = total - done <= 3 && (state === "sending" || state === "idle");
  return live && close ? "keeping_up" : state;
}

/**
 * <upload-status>: how far the recordings of an owner have come. Attributes: owner, and
 * words as JSON (words.ts). It says nothing as long as there is nothing to say.
 */
export class UploadStatus extends HTMLElement {
  private words: Words = wordsOf(this);
  private uploads: Uploads | null = null;
  private deaf: (() => void)[] = [];
  private troubledSince = 0;
  private stopped = false;
  private last = "";

  private readonly bar = create("progress", { className: "progress", max: 1 });
  private readonly text = create("p", {});
  private readonly spoken = create("p", { className: "sr-only" });
  private readonly help = create("p", { hidden: true });
  private readonly retry = create("button", { type: "button", className: "btn btn-sm" });
  private readonly rescue = create("button", { type: "button", className: "btn btn-sm" });
  private readonly actions = create("div", { className: "actions", hidden: true }, this.retry, this.rescue);

  constructor() {
    super();
    this.retry.addEventListener("click", () => this.uploads?.retry());
    this.rescue.addEventListener("click", () => void this.save());
  }

  connectedCallback(): void {
    this.words = wordsOf(this);
    const uploads = uploadsOf(this.getAttribute("owner") ?? "");
    this.uploads = uploads;
    this.spoken.setAttribute("role", "status");
    this.retry.textContent = this.words.retry;
    this.rescue.textContent = this.words.rescue;
    this.bar.setAttribute("aria-label", this.words.saved);
    this.classList.add("uploads");
    this.replaceChildren(this.text, this.bar, this.spoken, this.help, this.actions);
    this.deaf = [
      uploads.on("progress", (progress) => this.show(progress)),
      uploads.on("stopped", ({ reason }) => this.giveUp(reason !== "closed")),
    ];
    this.show(uploads.latest);
  }

  disconnectedCallback(): void {
    for (const deaf of this.deaf.splice(0)) deaf();
  }

  private show(progress: Progress): void {
    const { done, total } = progress;
    const state = stateOf(progress);
    this.dataset.state = state;
    this.hidden = !this.stopped && state === "idle" && this.last === "";
    this.bar.hidden = state !== "sending" && state !== "waiting";
    this.bar.value = total === 0 ? 1 : done / total;
    this.text.textContent = this.sentence(progress);
    this.troubledSince = state === "waiting" ? this.troubledSince || Date.now() : 0;
    if (state !== this.last && !this.hidden) this.spoken.textContent = this.text.textContent; // not each slice
    if (!this.hidden) this.last = state;
    this.offer(state === "waiting");
  }

  private sentence(progress: Progress): string {
    const state = stateOf(progress);
    if (state === "keeping_up") return this.words.keeping_up;
    return this.stopped && state === "idle" ? "" : told(progress, this.words);
  }

  /** After a long time without success, or when the server will not have more, there
   *  is a last resort. */
  private offer(waiting: boolean): void {
    const late = this.troubledSince > 0 && Date.now() - this.troubledSince > long;
    this.actions.hidden = !waiting && !this.stopped;
    this.retry.hidden = !waiting;
    this.rescue.hidden = !late && !this.stopped;
    this.help.hidden = this.rescue.hidden;
    this.help.textContent = this.stopped ? `${this.words.stopped_title}. ${this.words.stopped}` : this.words.long;
  }

  private giveUp(matters: boolean): void {
    if (!matters || !this.uploads) return;
    this.stopped = true;
    this.show(this.uploads.latest);
  }

  private async save(): Promise<void> {
    const file = this.uploads && (await rescueFile(this.uploads));
    if (!file) return;
    const link = create("a", { href: URL.createObjectURL(file), download: file.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}
