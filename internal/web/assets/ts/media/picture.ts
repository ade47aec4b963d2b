// Whether there is anything to see in a camera's picture.

import { Emitter } from "./emitter";

export type PictureWarning = "dark" | "frozen" | null;

const every = 1_000; // ms
const darkBelow = 28; // mean luma of 255
const darkAfter = 3; // looks
const frozenAfter = 5; // looks; no camera gives the very same picture twice
const [width, height] = [32, 24];

/** Looks at a playing video element once a second until it is closed. */
export class PictureCheck extends Emitter<{ warning: PictureWarning }> {
  private readonly context: CanvasRenderingContext2D | null;
  private readonly timer: number;
  private last = new Uint8ClampedArray();
  private same = 0;
  private dark = 0;
  private warning: PictureWarning = null;

  constructor(private readonly video: HTMLVideoElement) {
    super();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.timer = window.setInterval(() => this.look(), every);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    // A hidden page's video stands still for that reason alone.
    if (!this.context || this.video.readyState < 2 || document.visibilityState === "hidden") return;
    this.context.drawImage(this.video, 0, 0, width, height);
    const { data } = this.context.getImageData(0, 0, width, height);
    this.dark = luma(data) < darkBelow ? this.dark + 1 : 0;
    this.same = equal(data, this.last) ? this.same + 1 : 0;
    this.last = data;
    const warning = this.dark >= darkAfter ? "dark" : this.same >= frozenAfter ? "frozen" : null;
    if (warning === this.warning) return;
    this.warning = warning;
    this.emit("warning", warning);
  }
}

/** The mean brightness of RGBA pixels, from 0 to 255 (Rec. 601). */
export function luma(pixels: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i + 2 < pixels.length; i += 4) {
    sum += 0.299 * (pixels[i] ?? 0) + 0.587 * (pixels[i + 1] ?? 0) + 0.114 * (pixels[i + 2] ?? 0);
  }
  return sum / Math.max(1, pixels.length / 4);
}

function equal(a: Uint8ClampedArray, b: Uint8ClampedArray): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
