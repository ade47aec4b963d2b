import { create } from "../lib/dom";
import type { Kind } from "./capture";

/** Makes a player of what was recorded here, or of a file at an address. */
export function player(kind: Kind, source: Blob | string, label: string): HTMLMediaElement {
  const media: HTMLMediaElement =
    kind === "video" ? create("video", { playsInline: true }) : create("audio", {});
  media.className = "record-player";
  media.controls = true;
  media.preload = "metadata";
  media.setAttribute("aria-label", label);
  media.src = typeof source === "string" ? source : URL.createObjectURL(source);
  measure(media);
  return media;
}

/** Frees what a player holds. */
export function discardPlayer(media: HTMLMediaElement): void {
  media.pause();
  if (media.src.startsWith("blob:")) URL.revokeObjectURL(media.src);
  media.removeAttribute("src");
  media.load();
  media.remove();
}

/** A file fresh from the recorder does not say how long it is. A leap behind its end
 *  makes the browser find out. */
function measure(media: HTMLMediaElement): void {
  media.addEventListener(
    "loadedmetadata",
    () => {
      if (Number.isFinite(media.duration)) return;
      media.addEventListener("seeked", () => (media.currentTime = 0), { once: true });
      media.currentTime = Number.MAX_SAFE_INTEGER;
    },
    { once: true },
  );
}
