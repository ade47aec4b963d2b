import { on } from "./dom";

/** Copies the text of the element that data-copy names, and says so. */
export function startCopy(): void {
  on("click", "[data-copy]", async (button) => {
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) return;
    if (await copy(source)) confirm(button);
  });
}

async function copy(source: HTMLElement): Promise<boolean> {
  const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? "");
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select(source); // no permission, or plain HTTP
    return document.execCommand("copy"); // else one key press is left to do
  }
}

function select(source: HTMLElement): void {
  if (source instanceof HTMLInputElement) {
    source.select();
  } else {
    getSelection()?.selectAllChildren(source);
  }
}

function confirm(button: HTMLElement): void {
  const label = button.querySelector("span") ?? button;
  const before = label.textContent ?? "";
  const done = button.dataset.copied ?? "";
  if (before === done) return;
  label.textContent = done;
  setTimeout(() => (label.textContent = before), 2000);
}
