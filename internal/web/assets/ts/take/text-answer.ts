import { create, memory } from "../lib/dom";
import { call, carrying, read, Refusal } from "../media/call";
import { countdown } from "./clock";
import { type Say, sayingOf } from "./say";
import { doubt, onStanding } from "./standing";
import { showUnsaved } from "./unsaved-text";
import { beforeLeaving } from "./visit";

const pause = 800; // ms after the last key
const first = 2_000; // ms until the first retry
const most = 30_000;
const hurried = 4_000; // once time is up: the server takes it a little longer
const patience = 15_000; // until an answer is given up

/** A text as this device keeps it until the server has it. */
interface Draft {
  text: string;
  revision: number; // that it was written over
}

/** What the server says of a text that it has saved. */
interface Saved {
  revision: number;
  savedAt: string;
}

/**
 * <text-answer>: saves what is written in its textarea by itself. What is not saved yet
 * is kept on this device. Attributes: url, revision (that the textarea shows), until
 * and now (Unix milliseconds, by the server's clock; until may be empty), key (of what
 * is kept), words.
 */
export class TextAnswer extends HTMLElement {
  private say: Say = sayingOf(this);
  private area = create("textarea");
  private revision = 0;
  private saved = "";
  private sending: Promise<void> | null = null;
  private timer = 0;
  private delay = first;
  private ticking = 0;
  private end = 0; // by this device's clock; 0: none
  private over = false; // nothing more is written; what was is still saved
  private gone = new AbortController();

  private readonly state = create("p", { className: "save-status" });
  private readonly count = create("p", { className: "hint" });
  private readonly cut = create("p", { className: "field-error", hidden: true });
  private readonly time = create("p", { className: "take-time", hidden: true });
  private readonly trouble = create("div", { hidden: true });

  connectedCallback(): void {
    const area = this.querySelector("textarea");
    if (!area) return;
    this.area = area;
    this.say = sayingOf(this);
    this.revision = Number(this.getAttribute("revision"));
    this.saved = area.defaultValue;
    this.state.setAttribute("role", "status");
    this.cut.setAttribute("role", "alert");
    this.time.setAttribute("role", "timer");
    this.prepend(this.time);
    this.append(this.trouble, this.cut, create("div", { className: "text-answer-foot" }, this.state, this.count));
    this.listen();
    this.limit();
    this.restore();
    this.measure();
  }

  disconnectedCallback(): void {
    this.gone.abort();
    clearTimeout(this.timer);
    clearInterval(this.ticking);
  }

  private listen(): void {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.area.addEventListener("beforeinput", (event) => this.fit(event), { signal });
    this.area.addEventListener("input", () => this.changed(), { signal });
    addEventListener("online", () => void this.save(), { signal });
    addEventListener("pagehide", () => void this.save(), { signal });
    document.addEventListener("visibilitychange", () => void this.save(), { signal });
    addEventListener("beforeunload", (event) => this.dirty && event.preventDefault(), { signal });
    beforeLeaving(() => this.save(), signal);
    onStanding(({ here }) => here && void this.save(), signal);
  }

  private get dirty(): boolean {
    return this.area.value !== this.saved;
  }

  private changed(): void {
    this.measure();
    this.keep();
    this.tell("unsaved");
    this.later(pause);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), ms);
  }

  /** Saves what there is, and what is written meanwhile. */
  private async save(): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
    while (this.dirty && this.trouble.hidden) {
      this.sending = this.send().finally(() => (this.sending = null));
      if (!(await this.sending.then(() => true, (error: unknown) => this.failed(error)))) return;
    }
  }

  private async send(): Promise<void> {
    const text = this.area.value;
    this.tell("saving");
    const request = { ...carrying({ text, revision: this.revision }), keepalive: true, signal: AbortSignal.timeout(patience) };
    try {
      this.confirm(text, await read<Saved>(await call("PUT", this.getAttribute("url") ?? "", request)));
    } catch (error) {
      if (!(error instanceof Refusal && error.stored)) throw error;
      this.differ(error.stored);
    }
  }

  private confirm(text: string, { revision, savedAt }: Saved): void {
    this.saved = text;
    this.revision = revision;
    this.delay = first;
    if (this.dirty) this.keep();
    else memory.remove(this.draft);
    if (this.over) return this.tell("writing_over");
    const time = new Date(savedAt).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
    this.tell("saved_at", { time });
  }

  /** Says why it is not saved. Returns false: there is no more to do now. */
  private failed(error: unknown): boolean {
    const refusal = error instanceof Refusal ? error : new Refusal(0, String(error));
    if (refusal.passing) {
      this.tell(memory.get(this.draft) === null ? "unkept" : "kept");
      this.later(this.delay);
      this.delay = Math.min(2 * this.delay, this.over ? hurried : most);
      return false;
    }
    if (refusal.code === "time" || refusal.code === "over") this.lose();
    else this.tell(refusal.code === "elsewhere" ? "unsaved" : "refused");
    doubt(); // it may be over, or held elsewhere
    return false;
  }

  /** Something else is stored: both are shown, and one is chosen. */
  private differ({ text, revision }: { text: string; revision: number }): void {
    if (text === this.area.value) return this.confirm(text, { revision, savedAt: new Date().toISOString() });
    const choose = (key: string, chosen: string) => {
      const button = create("button", { type: "button", className: "btn btn-sm" }, this.say(key));
      button.addEventListener("click", () => this.settle(chosen, text, revision));
      return button;
    };
    const mine = this.area.value;
    const version = (key: string, words: string, button: HTMLElement) =>
      create("div", {}, create("h3", {}, this.say(key)), create("p", { className: "lines-kept" }, words), button);
    this.trouble.className = "banner tone-warning";
    this.trouble.setAttribute("role", "alert");
    this.trouble.replaceChildren(
      create(
        "div",
        {},
        create("p", { className: "banner-title" }, this.say("differs_title")),
        create("p", {}, this.say("differs")),
        version("differs_mine", mine, choose("keep_mine", mine)),
        version("differs_other", text, choose("keep_other", text)),
      ),
    );
    this.trouble.hidden = false;
    this.dataset.differs = ""; // nobody leaves before they have chosen
    this.area.readOnly = true;
    this.tell("unsaved");
  }

  private settle(chosen: string, stored: string, revision: number): void {
    this.trouble.hidden = true;
    delete this.dataset.differs;
    this.area.readOnly = this.over;
    this.area.value = chosen;
    this.saved = stored;
    this.revision = revision;
    this.area.focus();
    this.measure();
    if (chosen === stored) this.confirm(stored, { revision, savedAt: new Date().toISOString() });
    else this.keep();
    void this.save();
  }

  /** Puts back what an earlier page could not save. */
  private restore(): void {
    const draft = this.kept();
    if (!draft || draft.text === this.area.value) return memory.remove(this.draft);
    const other = this.area.value;
    this.area.value = draft.text;
    if (draft.revision === this.revision) void this.save();
    else this.differ({ text: other, revision: this.revision });
  }

  private keep(): void {
    memory.set(this.draft, JSON.stringify({ text: this.area.value, revision: this.revision } satisfies Draft));
  }

  private kept(): Draft | null {
    try {
      return JSON.parse(memory.get(this.draft) ?? "null") as Draft | null;
    } catch {
      return null;
    }
  }

  private get draft(): string {
    return `text ${this.getAttribute("key") ?? ""}`;
  }

  private limit(): void {
    const until = Number(this.getAttribute("until"));
    if (!until) return;
    this.end = until - Number(this.getAttribute("now")) + Date.now();
    this.ticking = window.setInterval(() => this.tick(), 500);
    this.time.hidden = false;
    this.tick();
  }

  private tick(): void {
    const left = Math.max(0, Math.ceil((this.end - Date.now()) / 1000));
    this.time.textContent = this.say("writing_left", { time: countdown(left) });
    this.time.dataset.late = String(left <= 60);
    if (left > 0) return;
    this.close();
    this.delay = first;
    void this.save();
  }

  /** Writing is over. */
  private close(): void {
    clearInterval(this.ticking);
    this.over = true;
    this.area.readOnly = true;
    this.time.hidden = true;
    if (!this.dirty) this.tell("writing_over");
  }

  /** It is too late to save what is here: what was saved counts, and the rest is for
   *  its writer to keep. */
  private lose(): void {
    showUnsaved(this.area.value, this.say, () => memory.remove(this.draft));
    this.area.value = this.saved;
    this.measure();
    this.close();
  }

  /** Says that not all of what is pasted or typed has room: the browser cuts it silently. */
  private fit({ data, dataTransfer }: InputEvent): void {
    const added = (data ?? dataTransfer?.getData("text/plain") ?? "").replaceAll("\r\n", "\n");
    const { value, selectionStart, selectionEnd, maxLength } = this.area;
    const room = maxLength - value.length + selectionEnd - selectionStart;
    this.cut.hidden = added.length <= room;
    if (!this.cut.hidden) this.cut.textContent = this.say("too_long", { most: number(maxLength) });
  }

  private measure(): void {
    this.count.textContent = this.say("characters", { n: number([...this.area.value].length), most: number(this.area.maxLength) });
  }

  private tell(key: string, gaps: Record<string, string> = {}): void {
    const text = this.say(key, gaps);
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset.state = key;
  }
}

function number(n: number): string {
  return n.toLocaleString(document.documentElement.lang);
}
