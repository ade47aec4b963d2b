import { create } from "../lib/dom";

/** What is typed into a line and not saved: the text that it was typed over, and the new one. */
export interface Edit {
  was: string;
  text: string;
}

/** Writes a text as the server keeps it: on one line. */
export function tidy(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/** A line of the transcript that can be edited: a field, and beside it what the server has. */
export class Line {
  readonly number: number;

  private clash: HTMLElement | null;
  private answered = true; // whether its editor has decided what becomes of another's text

  constructor(
    readonly field: HTMLTextAreaElement,
    private readonly stored: HTMLInputElement,
    private readonly decided: () => void,
  ) {
    this.number = Number(field.name.replace("line-", ""));
    this.clash = field.parentElement?.querySelector(".transcript-clash") ?? null;
    this.mark();
  }

  /** Returns what is to be saved; null if nothing is, or its editor has yet to decide. */
  get edit(): Edit | null {
    return this.answered && this.unsaved ? { was: this.stored.value, text: this.field.value } : null;
  }

  /** Returns what the server has, as far as is known. */
  get stands(): string {
    return this.stored.value;
  }

  get unsaved(): boolean {
    return tidy(this.field.value) !== this.stored.value;
  }

  /** Shows that it is not saved. */
  mark(): void {
    this.field.toggleAttribute("data-unsaved", this.unsaved);
  }

  /** Puts back what was typed before the page was left. */
  restore({ was, text }: Edit): void {
    this.field.value = text;
    if (was === this.stored.value) this.mark();
    else this.meet(this.stored.value, was);
  }

  /** Takes what the server has now. Where it is neither what it was nor what is typed, the editor is asked. */
  meet(now: string, was = this.stored.value): void {
    const mine = tidy(this.field.value);
    this.stored.value = now;
    if (now !== was && now !== mine) this.ask(now);
    else this.settle();
  }

  /** Notes that a text has been saved. */
  saved(text: string): void {
    this.stored.value = text;
    this.settle();
  }

  /** Shows the text of somebody else, who was faster, and lets the editor choose. */
  private ask(theirs: string): void {
    this.answered = false;
    const keep = create("button", { type: "button", className: "btn btn-sm" }, "Keep mine");
    const take = create("button", { type: "button", className: "btn btn-sm" }, "Take theirs");
    keep.addEventListener("click", () => this.decide());
    take.addEventListener("click", () => {
      this.field.value = theirs;
      this.decide();
    });
    const note = create("div", { className: "transcript-clash" }, create("span", {}, `Somebody else has made it “${theirs}”.`), keep, take);
    note.setAttribute("role", "alert");
    this.clash?.remove();
    this.clash = note;
    this.field.after(note);
    this.mark();
  }

  private decide(): void {
    this.settle();
    this.field.focus();
    this.decided();
  }

  private settle(): void {
    this.answered = true;
    this.clash?.remove();
    this.clash = null;
    this.mark();
  }
}
