// A still picture of a running camera.

import { luma } from "../media/picture";

const darkBelow = 50; // mean luma of 255
const sharpFrom = 40; // variance of the Laplacian; below, no edge stands out
const quality = 0.85;
const small = 320; // pixels wide: enough to tell

/** What may be wrong with a photo. */
export type Flaw = "dark" | "blurred" | null;

/** Draws what a playing video shows now. */
export function snapshot(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext("2d")?.drawImage(video, 0, 0);
}

/** The picture on a canvas as a JPEG file. */
export function jpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality);
  });
}

/** Looks whether a picture is too dark or blurred: a hint, it may well be wrong. */
export function flaw(picture: HTMLCanvasElement): Flaw {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [small, Math.round((small * picture.height) / Math.max(1, picture.width))];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || canvas.height === 0) return null;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  if (luma(data) < darkBelow) return "dark";
  return sharpness(data, width, height) < sharpFrom ? "blurred" : null;
}

/** The variance of the Laplacian of the green of RGBA pixels: edges make it large. */
export function sharpness(pixels: Uint8ClampedArray, width: number, height: number): number {
  const at = (x: number, y: number) => pixels[4 * (y * width + x) + 1] ?? 0;
  let [sum, squares, count] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const edge = 4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1);
      sum += edge;
      squares += edge * edge;
      count++;
    }
  }
  const mean = sum / Math.max(1, count);
  return squares / Math.max(1, count) - mean * mean;
}
