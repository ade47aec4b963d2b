import { all, create } from "../lib/dom";
import type { Collision, Fields } from "./fields";
import { outbox } from "./here";
import type { Sheet } from "./sheet";

const pause = 700; // ms after the last key

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * <grade-sheet>: saves the form that it holds by itself, and shows what was changed in another
 * tab. Attributes: url (where the form's fields are put), fixed (it only shows).
 */
export class GradeSheet extends HTMLElement {
  private sheet: Sheet | null = null;
  private gone = new AbortController();
  private readonly news = create("div", { hidden: true });

  connectedCallback(): void {
    const { form } = this;
    if (!form || this.hasAttribute("fixed")) return;
    this.gone = new AbortController();
    this.news.setAttribute("role", "alert");
    form.prepend(this.news);
    const sheet = outbox.sheet(this.getAttribute("url") ?? "", Number(this.revision?.value), this.shown());
    this.sheet = sheet;
    this.show(sheet);
    const stop = sheet.on("change", () => this.show(sheet));
    this.gone.signal.addEventListener("abort", stop);
    form.addEventListener("input", (event) => this.typed(event), { signal: this.gone.signal });
  }

  disconnectedCallback(): void {
    this.gone.abort();
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  private get revision(): HTMLInputElement | null {
    return this.querySelector("input[name=revision]");
  }

  private get fields(): Field[] {
    return all<Field>("input:not([type=hidden]), textarea", this);
  }

  private shown(): Fields {
    const shown: Fields = {};
    for (const field of this.fields) {
      const given = field.type !== "radio" || (field as HTMLInputElement).checked;
      shown[field.name] = given ? field.value : (shown[field.name] ?? "");
    }
    return shown;
  }

  private typed(event: Event): void {
    const field = event.target as Field;
    if (!field.validity.valid) return; // no number of points
    const writing = field.type !== "radio";
    this.sheet?.edit(this.shown(), writing ? pause : 0);
  }

  private show(sheet: Sheet): void {
    for (const field of this.fields) {
      const value = sheet.mine[field.name] ?? "";
      if (field.type === "radio") (field as HTMLInputElement).checked = field.value === value;
      else if (field.value !== value && field.validity.valid) field.value = value;
    }
    if (this.revision) this.revision.value = String(sheet.revision);
    this.tell(sheet);
  }

  /** Says what was changed in another tab, and lets choose where both have. */
  private tell(sheet: Sheet): void {
    const taken = Object.entries(sheet.taken).map(([name, value]) => `${this.label(name)} ${said(value)}`);
    const stands = sheet.collisions.map((collision) => JSON.stringify(collision)).join() + taken.join();
    if (this.news.dataset.said === stands) return; // it keeps the focus
    this.news.dataset.said = stands;
    this.news.hidden = stands === "";
    this.news.className = `banner ${sheet.collisions.length > 0 ? "tone-warning" : "tone-info"}`;
    const parts: Node[] = [];
    if (taken.length > 0) parts.push(create("p", {}, `Changed in another tab, and taken over: ${taken.join(", ")}.`));
    if (sheet.collisions.length > 0) parts.push(this.choice(sheet));
    this.news.replaceChildren(create("div", {}, ...parts));
  }

  private choice(sheet: Sheet): HTMLElement {
    const title = create("p", { className: "banner-title" }, "This was changed in another tab too");
    return create("div", { className: "collisions" }, title, ...sheet.collisions.map((collision) => this.both(sheet, collision)));
  }

  private both(sheet: Sheet, collision: Collision): HTMLElement {
    const label = this.label(collision.name);
    const button = (text: string, elsewhere: boolean) => {
      const made = create("button", { type: "button", className: "btn btn-sm" }, text);
      made.setAttribute("aria-label", `${text}: ${label}`);
      made.addEventListener("click", () => {
        sheet.choose(collision, elsewhere);
        (this.news.querySelector("button") ?? this.querySelector<HTMLElement>("[data-criterion], textarea"))?.focus();
      });
      return made;
    };
    const line = (where: string, value: string) => create("p", { className: "lines-kept" }, `${where}: ${said(value)}`);
    return create(
      "div",
      {},
      create("h3", {}, label),
      line("Here", collision.mine),
      line("There", collision.theirs),
      create("div", { className: "actions" }, button("Keep what is here", false), button("Take what is there", true)),
    );
  }

  /** What people call the field of that name. */
  private label(name: string): string {
    const field = this.fields.find((one) => one.name === name);
    const legend = field?.closest("fieldset[data-criterion]")?.querySelector("legend > span");
    return (legend ?? field?.labels?.[0])?.textContent?.replace("(optional)", "").trim() ?? name;
  }
}

function said(value: string): string {
  return value === "" ? "nothing" : /^\d+$/.test(value) ? value : `“${value}”`;
}
