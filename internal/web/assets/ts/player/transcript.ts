import { create } from "../lib/dom";
import { fill } from "../media/words";
import { icon } from "./icon";
import { prefer, taste } from "./taste";
import { clock, type Words } from "./words";

/** What is said from one second to another. */
export interface Line {
  from: number;
  to: number;
  text: string;
}

const patience = 4000; // ms that a reader's own scrolling is respected

/** Reads a caption track that has been loaded. */
export function linesOf(track: TextTrack): Line[] {
  return [...(track.cues ?? [])].map((cue) => ({
    from: cue.startTime,
    to: cue.endTime,
    text: cue instanceof VTTCue ? (cue.getCueAsHTML().textContent ?? "").replace(/\s+/g, " ").trim() : "",
  }));
}

/** Returns the line that is said at a moment, or that was the last before it; -1 before all. */
export function lineAt(lines: Line[], at: number): number {
  let found = -1;
  lines.forEach(({ from }, index) => {
    if (from <= at + 0.01) found = index;
  });
  return found;
}

/** Cuts a text where it holds what is sought, whatever the case: each second part is a match. */
export function matches(text: string, sought: string): string[] {
  if (sought === "") return [text];
  const [parts, small] = [[] as string[], text.toLocaleLowerCase()];
  const needle = sought.toLocaleLowerCase();
  if (small.length !== text.length) return small.includes(needle) ? ["", text] : [text]; // İ and its like
  let from = 0;
  for (let at = small.indexOf(needle); at >= 0; at = small.indexOf(needle, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + needle.length));
    from = at + needle.length;
  }
  return [...parts, text.slice(from)];
}

/** What is said, line by line: it follows the playing, leads to a moment, and can be searched. */
export class Transcript {
  readonly element = create("details", { className: "player-transcript disclosure", hidden: true });

  private readonly list = create("ol", { className: "player-lines" });
  private readonly search = create("input", { type: "search", className: "input player-search" });
  private readonly found = create("p", { className: "player-found" });
  private lines: Line[] = [];
  private buttons: HTMLButtonElement[] = [];
  private current = -1;
  private readingUntil = 0; // by event.timeStamp

  constructor(
    private readonly words: Words,
    private readonly seek: (second: number) => void,
  ) {
    this.search.setAttribute("aria-label", words.search);
    this.search.placeholder = words.search;
    this.element.open = taste().transcript;
    this.found.setAttribute("role", "status");
    this.element.append(create("summary", {}, icon("chevron"), words.transcript), this.search, this.found, this.list);
    this.listen();
  }

  /** Shows what a track says. */
  load(lines: Line[], language: string): void {
    this.lines = lines;
    this.list.lang = language;
    this.buttons = lines.map((line) => this.button(line));
    this.list.replaceChildren(...this.buttons.map((button) => create("li", {}, button)));
    this.element.hidden = false;
    this.current = -1;
    this.filter();
    this.rove(this.buttons[0]);
  }

  /** Says that there is one, but not here. */
  fail(): void {
    this.element.hidden = false;
    this.found.textContent = this.words.transcript_failed;
    this.search.hidden = true;
  }

  /** Marks what is said at a moment, and keeps it in sight. */
  follow(at: number): void {
    const now = lineAt(this.lines, at);
    if (now === this.current) return;
    this.buttons[this.current]?.removeAttribute("aria-current");
    this.current = now;
    const button = this.buttons[now];
    if (!button) return;
    button.setAttribute("aria-current", "true");
    if (!this.list.contains(document.activeElement)) this.rove(button);
    if (performance.now() > this.readingUntil) this.reveal(button);
  }

  /** Scrolls the list, and never the page. */
  private reveal(button: HTMLElement): void {
    const { list } = this;
    const top = button.offsetTop - (list.clientHeight - button.offsetHeight) / 2;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    list.scrollTo({ top, behavior: still ? "instant" : "smooth" });
  }

  private button(line: Line): HTMLButtonElement {
    const button = create("button", { type: "button", className: "player-line", tabIndex: -1 });
    button.append(create("span", { className: "player-at" }, clock(line.from)), create("span", {}, line.text));
    button.addEventListener("click", () => {
      this.rove(button);
      this.seek(line.from);
    });
    return button;
  }

  private listen(): void {
    for (const type of ["wheel", "touchmove", "pointerdown"]) {
      this.list.addEventListener(type, (event) => (this.readingUntil = event.timeStamp + patience), { passive: true });
    }
    this.list.addEventListener("keydown", (event) => this.move(event));
    this.element.addEventListener("toggle", () => prefer({ transcript: this.element.open }));
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.next();
    });
  }

  /** Shows the lines that hold what is sought. */
  private filter(): void {
    const sought = this.search.value.trim();
    let found = 0;
    this.lines.forEach(({ text }, index) => {
      const parts = matches(text, sought);
      const hit = sought === "" || parts.length > 1;
      const [button, place] = [this.buttons[index], this.buttons[index]?.lastElementChild];
      place?.replaceChildren(...parts.map((part, at) => (at % 2 === 1 ? create("mark", {}, part) : part)));
      if (button?.parentElement) button.parentElement.hidden = !hit;
      found += Number(hit);
    });
    this.found.textContent = sought === "" ? "" : fill(this.words.found, { found, all: this.lines.length });
    if (this.shown.every((button) => button.tabIndex < 0)) this.rove(this.shown[0]);
  }

  /** Goes to the next line that was found. */
  private next(): void {
    const { shown } = this;
    const after = shown.find((button) => this.buttons.indexOf(button) > this.current) ?? shown[0];
    if (!after) return;
    after.click();
    this.reveal(after);
  }

  private get shown(): HTMLButtonElement[] {
    return this.buttons.filter((button) => !button.parentElement?.hidden);
  }

  /** Makes a line the one that Tab leads to. */
  private rove(to: HTMLButtonElement | undefined): void {
    for (const button of this.buttons) button.tabIndex = button === to ? 0 : -1;
  }

  private move(event: KeyboardEvent): void {
    const { shown } = this;
    const at = shown.findIndex((button) => button === document.activeElement);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: shown.length - 1 }[event.key];
    const button = to === undefined ? undefined : shown[to];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    this.rove(button ?? shown[at]);
    button?.focus();
  }
}
