import { create } from "../lib/dom";
import { fill } from "../media/words";
import { type Comment, Marks } from "./marks";
import type { Peaks } from "./peaks";
import type { Span } from "./silence";
import { Wave } from "./wave";
import { clock, lengthOf, type Words } from "./words";

/** What a seek bar shows. Times are in seconds. */
export interface Position {
  at: number;
  length: number;
  skipped: Span[];
  comments: Comment[];
}

/** Where playing is: a wave, or a plain bar, that one drags or moves by keys. */
export class Seekbar {
  readonly element = create("div", { className: "player-track" });
  readonly slider = create("div", { className: "player-slider", tabIndex: 0 });

  private readonly wave = new Wave();
  private readonly tip = create("span", { className: "player-tip", hidden: true });
  private readonly marks: Marks;
  private position: Position = { at: 0, length: 0, skipped: [], comments: [] };
  private hover: number | null = null;
  private began: number | null = null; // where playing was when dragging began

  constructor(
    private readonly words: Words,
    private readonly seek: (second: number) => void,
    told: (comment: Comment) => void,
  ) {
    this.marks = new Marks(words, (comment) => {
      seek(comment.at / 1000);
      told(comment);
    });
    const { slider } = this;
    slider.setAttribute("role", "slider");
    slider.setAttribute("aria-label", words.position);
    slider.setAttribute("aria-valuemin", "0");
    slider.append(this.wave.element, this.tip);
    this.element.append(this.marks.element, slider);
    this.element.dataset.wave = "none";
    this.listen();
  }

  /** Follows its size and the theme until a signal. */
  open(signal: AbortSignal): void {
    this.wave.open(signal);
  }

  /** Shows other sound, or a plain bar. */
  load(peaks: Peaks | null): void {
    this.element.dataset.wave = peaks ? "drawn" : "none";
    this.wave.load(peaks);
  }

  show(position: Position): void {
    this.position = position;
    const { at, length } = position;
    const said = { at: clock(at), length: lengthOf(length) };
    if (this.slider.ariaValueText !== fill(this.words.moment, said)) {
      this.slider.setAttribute("aria-valuemax", String(Math.round(length)));
      this.slider.setAttribute("aria-valuenow", String(Math.min(Math.floor(at), Math.round(length))));
      this.slider.setAttribute("aria-valuetext", fill(this.words.moment, said));
    }
    this.marks.show(position.comments, length, this.slider.clientWidth);
    this.draw();
  }

  private draw(): void {
    const { at, length, skipped, comments } = this.position;
    const marks = comments.map((comment) => comment.at / 1000);
    this.wave.show({ at, length, skipped, marks, hover: this.hover });
  }

  private listen(): void {
    const { slider } = this;
    slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      slider.setPointerCapture(event.pointerId);
      this.began = this.position.at;
      this.point(event);
      this.seek(this.secondAt(event));
    });
    slider.addEventListener("pointermove", (event) => {
      this.point(event);
      if (this.began !== null) this.seek(this.secondAt(event));
    });
    slider.addEventListener("pointercancel", () => {
      if (this.began !== null) this.seek(this.began); // the finger scrolls the page
      this.leave();
    });
    slider.addEventListener("pointerup", (event) => {
      this.began = null;
      if (event.pointerType === "touch") this.leave();
    });
    slider.addEventListener("lostpointercapture", () => (this.began = null));
    slider.addEventListener("pointerleave", () => this.leave());
  }

  /** Says which second the pointer is at. */
  private point(event: PointerEvent): void {
    this.hover = this.secondAt(event);
    this.tip.hidden = false;
    this.tip.textContent = clock(this.hover);
    this.tip.style.setProperty("--x", `${(100 * this.hover) / (this.position.length || 1)}%`);
    this.draw();
  }

  private leave(): void {
    this.began = this.hover = null;
    this.tip.hidden = true;
    this.draw();
  }

  private secondAt(event: PointerEvent): number {
    const box = this.slider.getBoundingClientRect();
    const part = (event.clientX - box.left) / (box.width || 1);
    return Math.min(1, Math.max(0, part)) * this.position.length;
  }
}
