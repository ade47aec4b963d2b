import { create } from "../lib/dom";
import { outbox } from "./here";
import type { Outgoing, State } from "./outgoing";

const words: Record<State, string> = {
  saved: "Saved",
  unsaved: "Not saved yet",
  saving: "Saving…",
  offline: "Not saved yet: no connection. It is kept in this browser, and saved as soon as possible.",
  failing: "Not saved yet: the server has trouble. It is kept in this browser, and saved as soon as possible.",
  signed_out: "Not saved yet: you are signed out. It is kept in this browser; sign in, then go on here.",
  differs: "Not saved: changed in another tab too.",
  refused: "Not saved: ",
};

const quick = 400; // ms that saving may take without a word

/** <grade-status>: says whether all that was given is saved, and what to do when it is not. */
export class GradeStatus extends HTMLElement {
  private stop = () => {};
  private timer = 0;
  private readonly text = create("p", {});
  private readonly help = create("span", {});

  connectedCallback(): void {
    this.text.setAttribute("role", "status");
    this.replaceChildren(this.text, this.help);
    
    this.stop = outbox.on("change", () => this.show());
    if (outbox.worst) this.show();
  }

  disconnectedCallback(): void {
    this.stop();
    clearTimeout(this.timer);
  }

  private show(): void {
    clearTimeout(this.timer);
    const worst = outbox.worst;
    const state = worst?.state ?? "saved";
    if (state === "saving" && this.dataset.state !== "saving") this.timer = window.setTimeout(() => this.say(state, worst), quick);
    else this.say(state, worst);
  }

  private say(state: State, worst?: Outgoing): void {
    const text = words[state] + (state === "refused" ? (worst?.why ?? "") : "");
    if (this.text.textContent !== text) this.text.textContent = text;
    if (this.dataset.state === state && !["differs", "refused"].includes(state)) return;
    this.dataset.state = state;
    this.help.replaceChildren(...(worst ? this.offers(state, worst) : []));
  }

  private offers(state: State, worst: Outgoing): HTMLElement[] {
    if (state === "signed_out") {
      return [create("a", { href: "/signin", target: "_blank", className: "btn btn-sm" }, "Sign in in another tab")];
    }
    if (state === "refused") {
      const drop = create("button", { type: "button", className: "btn btn-sm" }, "Drop what is not saved");
      drop.addEventListener("click", () => worst.drop());
      return [drop];
    }
    const page = worst.url.replace(/\/mark$/, "");
    if (state !== "differs" || page === location.pathname || !page.includes("/questions/")) return [];
    return [create("a", { href: page, className: "btn btn-sm" }, `Look at answer ${page.split("/").pop()}`)];
  }
}
