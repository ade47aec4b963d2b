import { uploadsOf } from "../media/uploads";
import { visit } from "./visit";

/** <take-arrivals>: shows the page anew when a recording has arrived and been looked
 *  at. Attribute: owner. */
export class Arrivals extends HTMLElement {
  private deaf: (() => void)[] = [];

  connectedCallback(): void {
    const uploads = uploadsOf(this.getAttribute("owner") ?? "");
    const news = () => visit({ url: location.href, replace: true, quiet: true });
    this.deaf = [uploads.on("arrived", news), uploads.on("settled", news)];
  }

  disconnectedCallback(): void {
    for (const deaf of this.deaf.splice(0)) deaf();
  }
}
