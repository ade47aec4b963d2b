import { on } from "./dom";

/** Small comforts of fields: the error summary is read first, a colour is shown
 *  as text, a secret can be revealed. */
export function startFields(): void {
  document.querySelector<HTMLElement>("[data-autofocus]")?.focus();
  on("input", ".colour-input", (input) => {
    const code = input.parentElement?.querySelector("code");
    if (code) code.textContent = (input as HTMLInputElement).value;
  });
  on("click", "[data-reveal]", reveal);
}

function reveal(button: HTMLElement): void {
  const input = document.getElementById(button.dataset.reveal ?? "");
  if (!input) return;
  const shown = input.toggleAttribute("data-shown");
  const other = button.dataset.hide ?? "";
  button.dataset.hide = button.textContent ?? "";
  button.textContent = other;
  if (shown) input.focus();
}
