import { all, memory, on } from "./dom";

const key = "example-language";

/** Shows all examples of a page in the language that was chosen last. */
export function startLanguages(): void {
  const kept = memory.get(key);
  if (kept) choose(kept);
  on("change", "[data-language]", (radio) => {
    if (!(radio instanceof HTMLInputElement)) return;
    const before = radio.getBoundingClientRect().top;
    choose(radio.value);
    memory.set(key, radio.value);
    scrollBy({ top: radio.getBoundingClientRect().top - before, behavior: "instant" }); // other examples may be longer
  });
}

function choose(language: string): void {
  for (const radio of all<HTMLInputElement>("input[data-language]")) {
    if (radio.value === language) radio.checked = true;
  }
}
