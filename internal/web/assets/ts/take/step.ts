// One step of a page that leads through several: what it is about, how it stands, what
// can be done now, and what helps when it fails.

import { create } from "../lib/dom";

export type Standing = "waiting" | "busy" | "works" | "limited" | "fails";

/** What helps: what has happened, and what to do about it. */
export interface Help {
  title: string;
  todo: string[];
}

/** A button: what it says and does. The first of several is the main one, unless all is
 *  well. */
export type Offer = [text: string, act: () => void];

const tones: Record<Standing, string> = {
  waiting: "neutral",
  busy: "info",
  works: "success",
  limited: "warning",
  fails: "bad",
};

let count = 0; // makes ids

/** The look of a step. */
export class Step {
  /** Where a picture or a meter goes. */
  readonly stage = create("div", { className: "step-stage" });
  readonly element: HTMLElement;
  standing: Standing = "waiting";

  private leading = false;
  private readonly heading: HTMLHeadingElement;
  private readonly badge = create("span", { className: "badge" });
  private readonly say = create("p", { className: "step-say" });
  private readonly help = create("div", { className: "banner tone-warning", hidden: true });
  private readonly actions = create("div", { className: "actions", hidden: true });

  constructor(
    title: string,
    private readonly standings: Record<Standing, string>,
    private readonly changed: () => void,
  ) {
    this.heading = create("h2", { id: `step-${++count}`, tabIndex: -1 }, title);
    this.say.setAttribute("role", "status");
    this.help.setAttribute("role", "alert");
    const head = create("header", { className: "step-head" }, this.heading, this.badge);
    this.element = create("section", { className: "step" }, head, this.say, this.stage, this.help, this.actions);
    this.element.setAttribute("aria-labelledby", this.heading.id);
  }

  /** Says how the step stands, in a word and in a sentence. */
  show(standing: Standing, sentence: string): void {
    this.standing = standing;
    this.element.dataset.standing = standing;
    this.badge.className = `badge badge-dot tone-${tones[standing]}`;
    this.badge.textContent = this.standings[standing];
    this.say.hidden = sentence === "";
    if (this.say.textContent !== sentence) this.say.textContent = sentence;
    this.explain(null);
    this.changed();
  }

  /** Says what is wrong and what to do, or nothing. */
  explain(help: Help | null): void {
    this.help.hidden = help === null;
    if (!help) return this.help.replaceChildren();
    const todo = help.todo.map((text) => create("p", {}, text));
    this.help.replaceChildren(create("div", {}, create("p", { className: "banner-title" }, help.title), ...todo));
  }

  /** Offers what can be done now. Where the focus was on a button that goes, it is on
   *  the first that comes, and on the step until then. */
  offer(...offers: Offer[]): void {
    const focused = [this.actions, this.heading].some((part) => part.contains(document.activeElement));
    const buttons = offers.map(([text, act]) => {
      const look = this.standing === "works" ? "btn btn-sm" : "btn";
      const button = create("button", { type: "button", className: look }, text);
      button.addEventListener("click", act);
      return button;
    });
    this.actions.replaceChildren(...buttons);
    this.actions.hidden = buttons.length === 0;
    this.lead(this.leading);
    if (focused) (buttons[0] ?? this.heading).focus();
  }

  /** Makes the main button the one of the page, or no longer. */
  lead(leading: boolean): void {
    this.leading = leading;
    this.actions.firstElementChild?.classList.toggle("btn-primary", leading);
  }
}
