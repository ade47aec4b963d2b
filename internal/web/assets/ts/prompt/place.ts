// Where a question's recording in a language is made, heard, replaced and removed.

import { create } from "../lib/dom";
import { Refusal } from "../media/call";
import type { Kind } from "../media/capture";
import { discardPlayer, player } from "../media/playback";
import { PromptRecorder } from "../media/prompt-recorder";
import { status, type Status } from "../media/protocol";
import type { TakeDetail } from "../media/recorder-element";
import { fill } from "../media/words";
import { sendFile, verdictOf } from "./upload";
import { failureOf, recorderWords, words } from "./words";

const most = 500 << 20; // bytes of a file

/** What is going on. */
type Mode = "still" | "recording" | "uploading";

type Verdict = Pick<Status, "state" | "failure">;

/**
 * <prompt-place>: its hidden field names a recording, and travels with the form around it.
 * Attributes:
 *
 *   data-name       what it is, for those who cannot see where it stands
 *   data-question   the id of the question
 *   data-kind       "audio" or "video": what the named recording is, as far as known
 *   data-recording  the recording that the server has described by
 *   data-state      its state, and
 *   data-failure    why it failed
 *
 * The recording is named as soon as the server has it whole, so that it survives the closing
 * of the page while it is checked; if it cannot be used, the one before is named again.
 */
export class PromptPlace extends HTMLElement {
  private field: HTMLInputElement | null = null;
  private mode: Mode = "still";
  private earlier = ""; // what was named before, to go back to
  private readonly kinds = new Map<string, Kind>();
  private served: HTMLMediaElement | null = null; // the player that came with the page
  private abort: AbortController | null = null; // of the upload

  private readonly stage = create("div", { className: "prompt-stage" });
  private readonly say = create("p", { className: "prompt-say hint" });
  private readonly record = button("", () => this.startRecorder());
  private readonly removal = button(words.remove, () => this.drop(), "btn-ghost");
  private readonly undo = button(words.undo, () => void this.goBack(), "btn-ghost");
  private readonly shut = button(words.close, () => this.closeRecorder(), "btn-ghost");
  private readonly cancel = button(words.cancel, () => this.abort?.abort());
  private readonly file = create("input", { type: "file", className: "sr-only", accept: "audio/*,video/*" });
  private readonly choose = create("label", { className: "btn btn-sm" }, this.file, words.upload);

  connectedCallback(): void {
    if (this.field) return; // it was moved
    this.field = this.querySelector<HTMLInputElement>('input[type="hidden"]');
    const kept = this.querySelector(".prompt-kept");
    this.served = kept?.querySelector<HTMLMediaElement>(".record-player") ?? null;
    kept?.remove();
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.dataset.name ?? "");
    this.say.setAttribute("role", "status");
    const actions = create("div", { className: "actions" }, this.record, this.choose, this.removal, this.undo, this.shut, this.cancel);
    this.append(this.stage, this.say, actions);
    this.file.addEventListener("change", () => void this.upload());
    this.listen();
    addEventListener("beforeunload", (event) => {
      if (this.mode === "uploading") event.preventDefault();
    });
    this.show();
    void this.describe();
  }

  /** The owner under which the browser keeps what it has not sent. */
  get owner(): string {
    return this.field?.name ?? "";
  }

  /** Goes on with what an earlier page has left in the browser. */
  resume(): void {
    if (this.mode === "still") this.openRecorder();
  }

  /** Shows what can be done as the formats are chosen now. */
  show(): void {
    const { mode, named, kind } = this;
    const still = mode === "still";
    this.hidden = kind === null && named === "" && still;
    this.record.textContent = named ? words.record_again : words[`record_${kind ?? "audio"}`];
    this.record.hidden = this.choose.hidden = !still || kind === null;
    this.removal.hidden = !still || named === "";
    this.undo.hidden = !still || this.earlier === "" || this.earlier === named;
    this.shut.hidden = mode !== "recording";
    this.cancel.hidden = mode !== "uploading";
  }

  private get named(): string {
    return this.field?.value ?? "";
  }

  /** How the question is asked; null where it is not by a recording. */
  private get kind(): Kind | null {
    const form = this.field?.form;
    const chosen = (name: string) => form?.querySelector<HTMLSelectElement>(`select[name="${CSS.escape(name)}"]`)?.value;
    const format = chosen(`question.${this.dataset.question}.format`) || chosen("defaultQuestionFormat");
    return format === "audio" || format === "video" ? format : null;
  }

  private get openURL(): string {
    return `${this.field?.form?.getAttribute("action")}/questions/${this.dataset.question}/prompts`;
  }

  /** Tells of what is named: as the server has described it, else by asking. */
  private async describe(): Promise<void> {
    const id = this.named;
    if (id === "") return;
    const { recording, state, failure = "" } = this.dataset;
    if (this.dataset.kind === "audio" || this.dataset.kind === "video") this.kinds.set(recording ?? "", this.dataset.kind);
    const described = id === recording && state ? ({ state, failure } as Verdict) : null;
    await this.judge(id, described ?? (await status(address(id)).catch(() => null)));
  }

  /** Shows what is known of a recording, and waits for the verdict if there is none. */
  private async judge(id: string, verdict: Verdict | null): Promise<void> {
    if (this.named !== id) return; // another one by now
    if (verdict?.state === "ready") return this.play(id);
    this.empty();
    if (verdict?.state !== "uploaded") return this.tell(troubleOf(verdict, this.converts), true);
    this.tell(words.checking);
    const final = await verdictOf(address(id)).catch(() => null);
    if (this.named === id) await this.settle(id, final);
  }

  /** What the server has found out about a recording that was named before it knew. */
  private async settle(id: string, verdict: Verdict | null): Promise<void> {
    if (verdict?.state === "ready") return this.take(id);
    this.revert();
    await this.describe();
    this.tell(verdict ? failureOf(verdict.failure, this.converts) : words.lost, true);
  }

  /** Shows a recording that is in its place now. */
  private take(id: string): void {
    this.play(id);
    this.tell(this.earlier ? words.replaced : words.recorded);
    this.touch(); // the page says what is left to mend
  }

  private get converts(): boolean {
    return this.closest("[data-converts]") !== null;
  }

  private name(id: string): void {
    if (!this.field || this.named === id) return;
    this.earlier = this.named;
    this.field.value = id;
    this.touch();
    this.show();
  }

  /** Names again what was named before. */
  private revert(): void {
    this.name(this.earlier);
    this.earlier = "";
    this.show();
  }

  private touch(): void {
    this.field?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private drop(): void {
    this.name("");
    this.empty();
    this.tell(words.removed);
    this.focusOn(this.undo);
  }

  private async goBack(): Promise<void> {
    this.revert();
    this.focusOn(this.record);
    await this.describe();
    this.tell(words.restored);
  }

  // Recording

  private startRecorder(): void {
    void this.openRecorder().prepare();
  }

  private openRecorder(): PromptRecorder {
    const recorder = new PromptRecorder();
    recorder.setAttribute("kind", this.kind ?? "audio");
    recorder.setAttribute("open", this.openURL);
    recorder.setAttribute("owner", this.owner);
    recorder.setAttribute("words", JSON.stringify(recorderWords));
    this.empty();
    this.tell("");
    this.stage.append(recorder);
    this.enter("recording");
    return recorder;
  }

  private closeRecorder(): void {
    this.empty();
    this.tell("");
    this.enter("still");
    this.focusOn(this.record);
    void this.describe();
  }

  private listen(): void {
    const on = (phase: string, then: (detail: TakeDetail) => void) =>
      this.addEventListener(`take-${phase}`, (event) => then((event as CustomEvent<TakeDetail>).detail));
    const free = ["idle", "armed", "cut", "failed"]; // closing the recorder then loses nothing
    for (const phase of [...free, "asking", "starting", "recording", "uploading", "checking"]) {
      on(phase, () => (this.shut.hidden = !free.includes(phase)));
    }
    for (const phase of ["idle", "armed"]) on(phase, () => this.focusOn(this.stage.querySelector("button:not([hidden])")));
    on("checking", ({ id }) => this.nameTake(id));
    on("ready", ({ id }) => {
      this.nameTake(id);
      this.enter("still");
      this.take(id);
      this.focusOn(this.record);
    });
    on("failed", ({ id }) => {
      if (id && this.named === id) this.revert();
    });
  }

  private nameTake(id: string): void {
    this.kinds.set(id, this.kind ?? "audio");
    this.name(id);
  }

  // Uploading

  private async upload(): Promise<void> {
    const file = this.file.files?.[0];
    const { kind } = this;
    this.file.value = ""; // the same file may be chosen again
    if (!file || !kind) return;
    const refused = refusalOf(file, kind);
    if (refused) return this.tell(refused, true);
    this.abort = new AbortController();
    this.enter("uploading");
    try {
      const mime = `${kind}/${file.type.split("/")[1] || "octet-stream"}`; // what it is the server finds out by itself
      const { id } = await sendFile(file, this.openURL, mime, this.abort.signal, this.bar(file.name));
      this.enter("still");
      this.nameTake(id);
      await this.judge(id, { state: "uploaded", failure: "" });
    } catch (error) {
      this.enter("still");
      await this.describe();
      this.tell(this.abort.signal.aborted ? words.cancelled : messageOf(error), !this.abort.signal.aborted);
      this.focusOn(this.file);
    }
  }

  /** Shows a bar and returns what moves it. */
  private bar(name: string): (part: number) => void {
    const bar = create("progress", { className: "progress", max: 1, value: 0 });
    const text = create("p", { className: "hint" });
    const move = (part: number) => {
      bar.value = part;
      text.textContent = fill(words.uploading, { name, percent: Math.floor(part * 100) });
    };
    bar.setAttribute("aria-label", words.upload);
    this.empty();
    this.tell("");
    this.stage.append(text, bar);
    move(0);
    this.focusOn(this.cancel);
    return move;
  }

  // Showing

  private enter(mode: Mode): void {
    this.mode = mode;
    this.show();
  }

  private play(id: string): void {
    this.empty();
    const kind = this.kinds.get(id) ?? this.kind ?? "audio";
    const source = `${address(id)}/media`;
    const served = this.served?.getAttribute("src") === source ? this.served : null;
    this.stage.append(served ?? player(kind, source, this.dataset.name ?? ""));
    this.served = null; // it is of no more use once it is taken away
  }

  private empty(): void {
    for (const old of this.stage.querySelectorAll<HTMLMediaElement>(":scope > .record-player")) discardPlayer(old);
    this.stage.replaceChildren();
  }

  private tell(text: string, trouble = false): void {
    this.say.textContent = text;
    this.say.classList.toggle("field-error", trouble);
  }

  /** Puts the focus on what follows, when what had it is gone. */
  private focusOn(next: HTMLElement | null): void {
    const active = document.activeElement;
    const gone = active instanceof HTMLElement && !active.checkVisibility() && this.contains(active);
    if (active === document.body || active === null || gone) next?.focus();
  }
}

function button(text: string, press: () => void, look = ""): HTMLButtonElement {
  const made = create("button", { type: "button", className: `btn btn-sm ${look}` }, text);
  made.addEventListener("click", press);
  return made;
}

function address(id: string): string {
  return `/recordings/${id}`;
}

/** Says why a file need not be sent at all. */
function refusalOf(file: File, kind: Kind): string {
  if (file.size === 0) return words.nothing;
  if (file.size > most) return fill(words.too_large, { size: Math.ceil(file.size / (1 << 20)) });
  if (kind === "video" && file.type.startsWith("audio/")) return words.no_picture;
  return "";
}

function troubleOf(verdict: Verdict | null, converts: boolean): string {
  if (verdict?.state === "open") return words.incomplete;
  if (verdict?.state === "failed") return failureOf(verdict.failure, converts);
  return words.lost;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Refusal)) return words.failed;
  return error.status === 401 ? words.signed_out : error.message || words.failed;
}
