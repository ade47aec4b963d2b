import { all, create } from "../lib/dom";
import { AnswerPlayer } from "../player/answer-player";
import { lineAt, matches } from "../player/transcript";
import { Line } from "./line";
import { Saver, type Standing } from "./saver";

const said: Record<Standing, string> = { unsaved: "Not saved yet", saving: "Saving…", saved: "Saved", failed: "Not saved. It is tried again." };

/**
 * <transcript-editor>: an answer and the lines of its transcript. A line's time leads the player there, the line that is said is
 * marked, the search leaves those that hold what is sought, and what is typed is saved by itself. Attribute: draft, the name under
 * which the browser keeps what is not saved yet.
 */
export class TranscriptEditor extends HTMLElement {
  private readonly items: HTMLElement[] = [];
  private lines: Line[] = [];
  private saver: Saver | null = null;
  private gone = new AbortController();

  connectedCallback(): void {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.items.splice(0, Infinity, ...all<HTMLElement>("[data-line]", this));
    this.follow(signal);
    this.search(signal);
    this.edit(signal);
  }

  disconnectedCallback(): void {
    this.gone.abort();
  }

  /** Joins the lines and the player. */
  private follow(signal: AbortSignal): void {
    const player = this.querySelector<AnswerPlayer>("answer-player");
    const media = this.querySelector<HTMLMediaElement>("audio, video");
    if (!player || !media) return;
    const lines = this.items.map((item) => ({ from: Number(item.dataset.at), to: 0, text: "" }));
    for (const [index, item] of this.items.entries()) {
      const lead = (event: Event) => {
        event.preventDefault();
        player.seek(lines[index]?.from ?? 0);
        player.play();
      };
      item.querySelector(".transcript-at")?.addEventListener("click", lead, { signal });
    }
    let current = -1;
    const show = () => {
      const now = lineAt(lines, media.currentTime);
      if (now === current || (current < 0 && media.paused)) return;
      this.items[current]?.removeAttribute("aria-current");
      this.items[now]?.setAttribute("aria-current", "true");
      if (!this.contains(document.activeElement) || !(document.activeElement instanceof HTMLTextAreaElement)) {
        this.items[now]?.scrollIntoView({ block: "nearest" });
      }
      current = now;
    };
    for (const type of ["timeupdate", "seeked", "play"]) media.addEventListener(type, show, { signal });
  }

  private search(signal: AbortSignal): void {
    const form = this.querySelector<HTMLFormElement>("form[role='search']");
    const field = form?.querySelector<HTMLInputElement>("input[type='search']");
    const found = form?.querySelector<HTMLElement>("[data-found]");
    if (!form || !field || !found) return;
    const filter = () => {
      const sought = field.value.trim();
      const shown = this.items.filter((item) => (item.hidden = !this.holds(item, sought)) === false);
      found.textContent = sought === "" ? "" : `${shown.length} of ${this.items.length} lines`;
    };
    field.addEventListener("input", filter, { signal });
    form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    if (field.value !== "") filter();
  }

  /** Whether a line holds what is sought; in one that cannot be edited it is marked. A line that is not saved is always shown. */
  private holds(item: HTMLElement, sought: string): boolean {
    const field = item.querySelector("textarea");
    const text = item.querySelector<HTMLElement>(".transcript-said");
    const parts = matches(field?.value ?? text?.textContent ?? "", sought);
    text?.replaceChildren(...parts.map((part, at) => (at % 2 === 1 ? create("mark", {}, part) : part)));
    return sought === "" || parts.length > 1 || field?.hasAttribute("data-unsaved") === true;
  }

  private edit(signal: AbortSignal): void {
    const form = this.querySelector<HTMLFormElement>("form[method='post'][id='transcript']");
    const status = this.querySelector<HTMLElement>("[data-save-status]");
    if (!form || !status) return;
    this.lines = all<HTMLTextAreaElement>("textarea", form).flatMap((field) => {
      const stored = form.elements.namedItem(field.name.replace("line-", "was-"));
      return stored instanceof HTMLInputElement ? [new Line(field, stored, () => this.saver?.changed())] : [];
    });
    const saver = new Saver(this.lines, form.action, this.getAttribute("draft") ?? "", (standing, text) => {
      status.dataset.state = standing;
      status.textContent = text ?? said[standing];
    });
    this.saver = saver;
    form.addEventListener("input", (event) => {
      this.lines.find((line) => line.field === event.target)?.mark();
      saver.changed();
    }, { signal });
    form.addEventListener("keydown", (event) => this.enter(event), { signal });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      saver.flush();
    }, { signal });
    addEventListener("online", () => saver.flush(), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && saver.flush(), { signal });
    addEventListener("beforeunload", (event) => saver.unsaved && event.preventDefault(), { signal });
    saver.restore();
  }

  /** Enter goes to the next line, as there are no breaks in one. */
  private enter(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLTextAreaElement)) return;
    event.preventDefault();
    const fields = this.lines.map((line) => line.field).filter((field) => !field.closest("li")?.hidden);
    fields[fields.indexOf(event.target) + (event.shiftKey ? -1 : 1)]?.focus();
  }
}
