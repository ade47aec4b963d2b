import { uploadsOf } from "../media/uploads";
import { visit } from "./visit";

const every = 5_000; // ms between looks for what another device sends

/** <take-arrivals>: shows the page anew when a recording has arrived and been looked
 *  at. Attributes: owner; pending, when the page says that something is on its way. */
export class Arrivals extends HTMLElement {
  private deaf: (() => void)[] = [];
  private timer = 0;

  connectedCallback(): void {
    const uploads = uploadsOf(this.getAttribute("owner") ?? "");
    const news = () => visit({ url: location.href, replace: true, quiet: true });
    if (this.hasAttribute("pending")) this.timer = window.setInterval(news, every);
    this.deaf = [uploads.on("arrived", news), uploads.on("settled", news)];
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
    for (const deaf of this.deaf.splice(0)) deaf();
  }
}
