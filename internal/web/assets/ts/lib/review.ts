import { all, create } from "./dom";

/** What the server says of something that it has saved. */
export interface Review {
  /** New texts of elements, by what their data-review says; empty hides them. */
  texts: Record<string, string>;
  /** New lines of the lists <ul data-review-list>, by name. An empty list is hidden, with
   *  the [data-review-part] around it. */
  lists: Record<string, Line[]>;
}

interface Line {
  text: string;
  href: string; // empty: it leads nowhere
}

/** Shows a review in the places that the page has for it. */
export function review(said: Review): void {
  for (const [name, text] of Object.entries(said.texts)) {
    for (const place of all(`[data-review="${CSS.escape(name)}"]`)) {
      place.textContent = text;
      place.hidden = text === "";
    }
  }
  for (const [name, lines] of Object.entries(said.lists)) {
    for (const list of all(`[data-review-list="${CSS.escape(name)}"]`)) {
      list.replaceChildren(...lines.map(line));
      for (const part of [list, list.closest<HTMLElement>("[data-review-part]")]) {
        if (part) part.hidden = lines.length === 0;
      }
    }
  }
}

function line({ text, href }: Line): HTMLElement {
  return create("li", {}, href === "" ? text : create("a", { href }, text));
}
