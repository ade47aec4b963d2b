import { create } from "../lib/dom";
import { bars, type Peaks } from "./peaks";
import type { Span } from "./silence";

/** What a wave shows besides the sound. All are in seconds. */
export interface Moments {
  at: number;
  length: number;
  hover: number | null; // where the pointer is
  marks: number[]; // where comments are
  skipped: Span[];
}

// In CSS pixels.
const bar = 2;
const gap = 1;
const lowest = 2; // what silence looks like
const line = 4; // of a plain bar, without a waveform
const knob = 6;

const colours = ["played", "rest", "skipped", "mark", "line"] as const;
type Colours = Record<(typeof colours)[number], string>;

/** Draws a recording's sound, or a plain bar where its waveform is not known. The colours are
 *  the custom properties --player-played and so on, read again when the theme changes. */
export class Wave {
  readonly element = create("canvas", { className: "player-canvas" });

  private peaks: Peaks | null = null;
  private heights: number[] = []; // of the bars that fit, from 0 to 1
  private moments: Moments = { at: 0, length: 0, hover: null, marks: [], skipped: [] };
  private colours: Colours | null = null;
  private frame = 0;

  /** Follows the size of the element and the theme until a signal. */
  open(signal: AbortSignal): void {
    const size = new ResizeObserver(() => this.resize());
    const theme = new MutationObserver(() => this.repaint());
    size.observe(this.element);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    signal.addEventListener("abort", () => {
      size.disconnect();
      theme.disconnect();
      cancelAnimationFrame(this.frame);
      this.frame = 0;
    });
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => this.repaint(), { signal });
    }
    this.followDensity(signal);
  }

  /** Shows other sound, or a plain bar. */
  load(peaks: Peaks | null): void {
    this.peaks = peaks;
    this.measure();
  }

  show(moments: Moments): void {
    const longer = moments.length !== this.moments.length;
    this.moments = moments;
    if (longer) this.measure();
    this.plan();
  }

  /** A window that moves to another screen has other pixels. */
  private followDensity(signal: AbortSignal): void {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        this.resize();
        this.followDensity(signal);
      },
      { once: true, signal },
    );
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.element;
    this.element.width = Math.round(clientWidth * devicePixelRatio);
    this.element.height = Math.round(clientHeight * devicePixelRatio);
    this.measure();
    this.draw(); // at once: what was drawn is gone
  }

  private measure(): void {
    const count = Math.floor(this.element.clientWidth / (bar + gap));
    const { length } = this.moments;
    const levels = this.peaks && count > 0 && length > 0 ? bars(this.peaks, count, length) : [];
    const loudest = Math.max(0.1, ...levels);
    this.heights = levels.map((level) => level / loudest);
    this.plan();
  }

  private repaint(): void {
    this.colours = null;
    this.plan();
  }

  private plan(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.frame = 0;
    const paper = this.element.getContext("2d");
    if (!paper || this.element.width === 0) return;
    const width = this.element.width / devicePixelRatio;
    const height = this.element.height / devicePixelRatio;
    paper.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    paper.clearRect(0, 0, width, height);
    const ink = (this.colours ??= coloursOf(this.element));
    if (this.heights.length > 0) this.drawSound(paper, ink, width, height);
    else this.drawBar(paper, ink, width, height);
    this.drawLines(paper, ink, width, height);
  }

  private drawSound(paper: CanvasRenderingContext2D, ink: Colours, width: number, height: number): void {
    paper.fillStyle = ink.skipped;
    for (const { from, to } of this.moments.skipped) {
      paper.fillRect(this.x(from, width), 0, this.x(to - from, width), height);
    }
    const now = this.x(this.moments.at, width);
    this.heights.forEach((level, at) => {
      const x = at * (bar + gap);
      const tall = Math.max(lowest, level * height);
      paper.fillStyle = x < now ? ink.played : ink.rest;
      paper.fillRect(x, (height - tall) / 2, bar, tall);
    });
  }

  private drawBar(paper: CanvasRenderingContext2D, ink: Colours, width: number, height: number): void {
    const now = this.x(this.moments.at, width);
    const top = (height - line) / 2;
    const stroke = (colour: string, to: number) => {
      paper.fillStyle = colour;
      paper.beginPath();
      paper.roundRect(0, top, to, line, line / 2);
      paper.fill();
    };
    stroke(ink.rest, width);
    stroke(ink.played, now);
    paper.beginPath();
    paper.arc(Math.min(width - knob, Math.max(knob, now)), height / 2, knob, 0, 2 * Math.PI);
    paper.fill();
  }

  private drawLines(paper: CanvasRenderingContext2D, ink: Colours, width: number, height: number): void {
    const stroke = (colour: string, second: number, thick: number) => {
      paper.fillStyle = colour;
      paper.fillRect(Math.min(width - thick, Math.max(0, this.x(second, width) - thick / 2)), 0, thick, height);
    };
    for (const mark of this.moments.marks) stroke(ink.mark, mark, 2);
    if (this.moments.hover !== null) stroke(ink.line, this.moments.hover, 1);
    if (this.heights.length > 0) stroke(ink.line, this.moments.at, 2);
  }

  /** Returns where a second is. */
  private x(second: number, width: number): number {
    return this.moments.length > 0 ? (second / this.moments.length) * width : 0;
  }
}

/** Reads the colours. They are registered as colours in player.css, so that they come resolved. */
function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const read = colours.map((name) => [name, style.getPropertyValue(`--player-${name}`)]);
  return Object.fromEntries(read) as Colours;
}
