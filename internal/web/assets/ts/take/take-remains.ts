import { uploadsOf } from "../media/uploads";
import { beforeLeaving } from "./visit";

/**
 * <take-remains>: ends what was interrupted, with what there is of it, when its speaker
 * can no longer say what is to become of it. In a form that is when it is submitted with
 * its box "anyway" ticked, anywhere else at once. Attribute: owner (the invite's id).
 */
export class TakeRemains extends HTMLElement {
  private gone = new AbortController();

  connectedCallback(): void {
    const uploads = uploadsOf(this.getAttribute("owner") ?? "");
    const form = this.closest("form");
    this.gone = new AbortController();
    const { signal } = this.gone;
    if (!form) {
      signal.addEventListener("abort", uploads.on("progress", () => void uploads.adoptAll())); // this page's own may be on its way to its end
      return void uploads.adoptAll();
    }
    let submitted = false;
    form.addEventListener("submit", () => (submitted = new FormData(form).has("anyway")), { signal });
    beforeLeaving(async () => submitted && uploads.adoptAll(), signal);
  }

  disconnectedCallback(): void {
    this.gone.abort();
  }
}
