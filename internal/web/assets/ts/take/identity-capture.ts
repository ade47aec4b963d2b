import { create } from "../lib/dom";
import { uploadsOf } from "../media/uploads";
import type { CheckWords } from "./check";
import { PhotoStep } from "./photo-step";
import { signalsOf } from "./signals";

/**
 * <identity-capture>: a photo of a document and one of a face. Attributes:
 *
 *   owner  the id of the invite
 *   open   where a recording is asked for
 *   have   the purposes of the photos that have arrived
 *   words  what it says, as JSON
 *
 * Its children stay: a link with data-continue leads on; what has data-missing is
 * shown while a photo is missing.
 */
export class IdentityCapture extends HTMLElement {
  private photos: PhotoStep[] = [];
  private readonly list = create("div", { className: "steps" });

  connectedCallback(): void {
    const owner = this.getAttribute("owner") ?? "";
    const setup = {
      uploads: uploadsOf(owner),
      signals: signalsOf(owner),
      openURL: this.getAttribute("open") ?? "",
      words: JSON.parse(this.getAttribute("words") ?? "{}") as CheckWords,
    };
    const have = (this.getAttribute("have") ?? "").split(" ");
    this.photos = (["document", "face"] as const).map((motif) => new PhotoStep(motif, setup, () => this.sum()));
    this.list.replaceChildren(...this.photos.map((photo) => photo.step.element));
    this.prepend(this.list);
    for (const photo of this.photos) void photo.begin(have.includes(photo.purpose));
  }

  disconnectedCallback(): void {
    for (const photo of this.photos.splice(0)) photo.close();
  }

  /** Shows what comes next: a photo, or going on, which one may in any case. */
  private sum(): void {
    const next = this.photos.find(({ step, sending }) => !sending && step.standing !== "works");
    for (const photo of this.photos) photo.step.lead(photo === next);
    this.querySelector("[data-continue]")?.classList.toggle("btn-primary", !next);
    const missing = this.querySelector<HTMLElement>("[data-missing]");
    if (missing) missing.hidden = !next;
  }
}
