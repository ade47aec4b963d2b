// What the candidate sees of an observation: a light while it runs, and a panel where
// there is something to read or decide.

import { create } from "../lib/dom";
import type { Observation } from "./observation";
import type { Say } from "./say";

type Offer = [text: string, act: () => void, look?: string];

/** Shows one observation. */
export class WatchView {
  /** Stays in sight. */
  readonly light = create("p", { className: "watch-light" });
  /** Asks, or explains. */
  readonly panel = create("section", { className: "watch-panel" });

  private settled = false; // the candidate has read the panel of this state
  private shown = "";
  private readonly deaf: () => void;

  constructor(
    private readonly observation: Observation,
    private say: Say,
  ) {
    this.deaf = observation.on("change", (state) => {
      if (state !== "asking") this.settled = false;
      this.show();
    });
    this.show();
  }

  /** Speaks another language. */
  speak(say: Say): void {
    this.say = say;
    this.shown = "";
    this.show();
  }

  close(): void {
    this.deaf();
    this.light.remove();
    this.panel.remove();
  }

  private show(): void {
    const { state, part } = this.observation;
    const shown = [state, part, this.settled].join();
    if (shown === this.shown) return;
    this.shown = shown;
    this.showLight();
    this.showPanel();
  }

  private showLight(): void {
    const { state, kind, part } = this.observation;
    const running = state === "on" || state === "pending";
    this.light.dataset.state = state;
    this.light.hidden = !running && state !== "over" && !this.settled;
    if (this.light.hidden) return this.light.replaceChildren();
    const text = create("span", {}, this.text(part && this.settled ? "part" : running || state === "over" ? state : "denied"));
    const dot = create("span", { className: "watch-dot" });
    dot.setAttribute("aria-hidden", "true");
    this.light.replaceChildren(dot, text);
    if (!running && state !== "over" && state !== "unsupported") {
      this.light.append(this.button([this.say(`${kind}_start`), () => void this.observation.start(), "btn btn-sm"]));
    }
  }

  private showPanel(): void {
    const focused = this.panel.contains(document.activeElement);
    const content = this.settled ? null : this.content();
    this.panel.hidden = content === null;
    if (content) {
      const [title, text, offers] = content;
      const heading = create("h2", { tabIndex: -1 }, title);
      const actions = create("div", { className: "actions" }, ...offers.map((offer) => this.button(offer)));
      const asked = this.observation.state === "asked" || this.observation.state === "asking";
      heading.toggleAttribute("data-consent", asked);
      this.panel.setAttribute("role", asked ? "region" : "alert"); // what has happened is spoken at once
      this.panel.setAttribute("aria-label", title);
      this.panel.replaceChildren(heading, create("p", {}, text), actions);
    } else {
      this.panel.replaceChildren();
    }
    if (focused) this.refocus();
  }

  private content(): [title: string, text: string, offers: Offer[]] | null {
    const { state, part, kind } = this.observation;
    const start = () => void this.observation.start();
    const without: Offer = [this.say("dismiss"), () => this.settle()];
    switch (state) {
      case "asked":
        return [this.text("title"), this.text("consent"), [[this.text("start"), start], without]];
      case "asking":
        return [this.text("title"), this.text("consent"), []];
      case "pending":
      case "on":
        if (!part) return null;
        return [this.text("part"), this.text("part_help"), [[this.text("whole"), start], [this.text("keep"), () => this.settle()]]];
      case "over":
        return null;
      case "unsupported": {
        const text = kind === "screen" ? "unsupported" : "none";
        return [this.text(text), this.text(`${text}_help`), [without]];
      }
      default: {
        const again = state === "stopped" ? this.text("again") : this.say("again");
        return [this.text(state), this.text(`${state}_help`), [[again, start], without]];
      }
    }
  }

  private settle(): void {
    this.settled = true;
    this.observation.decline();
    this.show();
  }

  /** The focus goes on to the next thing to decide, or to the page. */
  private refocus(): void {
    const next = this.panel.querySelector("button") ?? this.panel.parentElement?.querySelector<HTMLElement>(".watch-panel:not([hidden]) button");
    (next ?? document.querySelector("main"))?.focus();
  }

  private button([text, act, look = "btn"]: Offer): HTMLButtonElement {
    const button = create("button", { type: "button", className: look }, text);
    button.addEventListener("click", act);
    return button;
  }

  private text(name: string): string {
    return this.say(`${this.observation.kind}_${name}`);
  }
}
