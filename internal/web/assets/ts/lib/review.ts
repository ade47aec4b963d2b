import { all, create } from "./dom";

/** What the server says of something that it has saved. */
export interface Review {
  /** New texts of elements, by what their data-review says; empty hides them. */
  texts: Record<string, string>;
  /** New lines of the list <ul data-review="findings">. */
  findings: { text: string; href: string; blocking: boolean }[];
}

/** Shows a review in the places that the page has for it. */
export function review(said: Review): void {
  for (const [name, text] of Object.entries(said.texts)) {
    for (const place of all(`[data-review="${CSS.escape(name)}"]`)) {
      place.textContent = text;
      place.hidden = text === "";
    }
  }
  for (const list of all('[data-review="findings"]')) {
    list.replaceChildren(...said.findings.map(line));
    list.hidden = said.findings.length === 0;
  }
}

function line(f: { text: string; href: string; blocking: boolean }): HTMLElement {
  const item = create("li", {}, f.href === "" ? f.text : create("a", { href: f.href }, f.text));
  if (f.blocking) item.dataset.blocking = "";
  return item;
}
