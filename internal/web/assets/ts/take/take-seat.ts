import { create, memory } from "../lib/dom";
import { alone, seat, seated } from "../media/seat";
import { uploadsOf } from "../media/uploads";
import { type Say, sayingOf } from "./say";
import { sit, standing, tell } from "./standing";
import { visit } from "./visit";

const every = 30_000; // ms between looks while the page is seen

/**
 * <take-seat>: sees to it that the attempt is held by one tab, and asks before it is
 * taken from another. Attributes: owner (the invite's id), status (the invite's), words.
 *
 * A tab of this browser that was closed, or has crashed, is not asked.
 */
export class TakeSeat extends HTMLElement {
  static observedAttributes = ["status", "words"];

  private say: Say = sayingOf(this);
  private gone = new AbortController();
  private timer = 0;
  private looking: Promise<void> | null = null;
  private dialog: HTMLDialogElement | null = null;

  connectedCallback(): void {
    this.gone = new AbortController();
    const { signal } = this.gone;
    const look = () => void this.look();
    document.addEventListener("doubt", look, { signal });
    document.addEventListener("take-refused", look, { signal });
    document.addEventListener("visibilitychange", look, { signal });
    addEventListener("online", look, { signal });
    addEventListener("pageshow", look, { signal });
    signal.addEventListener("abort", uploadsOf(this.getAttribute("owner") ?? "").on("stopped", look)); // the invite may be revoked
    this.timer = window.setInterval(look, every);
    look();
  }

  disconnectedCallback(): void {
    this.gone.abort();
    clearInterval(this.timer);
  }

  attributeChangedCallback(): void {
    this.say = sayingOf(this);
    if (this.isConnected) void this.look();
  }

  /** Looks whether this tab holds the attempt, one look at a time. */
  private look(): Promise<void> {
    if (this.getAttribute("status") !== "started" || document.visibilityState !== "visible") return Promise.resolve();
    return (this.looking ??= this.find()
      .catch(() => {}) // offline: the next look will tell
      .finally(() => (this.looking = null)));
  }

  private async find(): Promise<void> {
    await alone();
    let found = await standing();
    if (found.status === "started" && !found.here && (await this.inherit())) found = await standing();
    tell(found);
    if (found.status !== "started") return visit({ url: "/take" });
    if (!found.here) return this.ask();
    this.seated();
  }

  /** Takes the attempt over from a tab of this browser that is no more. */
  private async inherit(): Promise<boolean> {
    const last = memory.get(this.last);
    if (!last || last === seat() || (await seated(last)) || !(await standing(last)).here) return false;
    await sit();
    return true;
  }

  private get last(): string {
    return `seat ${this.getAttribute("owner") ?? ""}`;
  }

  /** Asks whether to go on here. What is recorded here meanwhile ends, and is kept. */
  private ask(): void {
    if (this.dialog) return;
    for (const recorder of document.querySelectorAll<HTMLElement & { stop(): void }>("take-recorder")) recorder.stop();
    const title = create("h2", { id: "elsewhere" }, this.say("elsewhere_title"));
    const text = create("p", {}, this.say("elsewhere"));
    const button = create("button", { className: "btn btn-primary", type: "button" }, this.say("elsewhere_button"));
    button.addEventListener("click", () => void this.take(text));
    const head = create("header", { className: "dialog-head" }, title);
    const body = create("div", { className: "dialog-body" }, text, create("div", { className: "dialog-actions" }, button));
    this.dialog = create("dialog", { className: "dialog" }, head, body);
    this.dialog.setAttribute("aria-labelledby", title.id);
    this.dialog.addEventListener("close", () => this.dialog?.showModal()); // Escape is no answer
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  private async take(text: HTMLElement): Promise<void> {
    try {
      await sit();
    } catch {
      text.textContent = this.say("failed");
      return;
    }
    this.seated();
    visit({ url: location.href, replace: true });
  }

  private seated(): void {
    memory.set(this.last, seat());
    const { dialog } = this;
    this.dialog = null;
    dialog?.remove();
  }
}
