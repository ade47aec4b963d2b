import { all, on } from "./dom";

/** Small comforts of fields: the error summary is read first, a colour is shown
 *  as text, a secret can be revealed, a password is counted, a time zone guessed,
 *  and a <select data-presses="id"> presses that button when its choice changes. */
export function startFields(): void {
  document.querySelector<HTMLElement>("[data-autofocus]")?.focus();
  on("input", ".colour-input", (input) => {
    const code = input.parentElement?.querySelector("code");
    if (code) code.textContent = (input as HTMLInputElement).value;
  });
  on("click", "[data-reveal]", reveal);
  on("change", "select[data-presses]", press);
  all<HTMLOutputElement>("[data-length-of]").forEach(count);
  all<HTMLSelectElement>("select[data-own-zone]").forEach(chooseOwnZone);
  all<HTMLOutputElement>("[data-contrast-of]").forEach(judgeColour);
}

function press(select: HTMLElement): void {
  const button = document.getElementById(select.dataset.presses ?? "");
  if (button instanceof HTMLButtonElement) button.form?.requestSubmit(button);
}

function reveal(button: HTMLElement): void {
  const input = document.getElementById(button.dataset.reveal ?? "");
  if (!input) return;
  const shown = input.toggleAttribute("data-shown");
  if (input instanceof HTMLInputElement && !input.hasAttribute("data-secret")) {
    input.type = shown ? "text" : "password";
  }
  const other = button.dataset.hide ?? "";
  button.dataset.hide = button.textContent ?? "";
  button.textContent = other;
  if (shown) input.focus();
}

/** Says how long a new password is, in characters as the server counts them. */
function count(output: HTMLOutputElement): void {
  const input = document.getElementById(output.dataset.lengthOf ?? "");
  if (!(input instanceof HTMLInputElement)) return;
  const min = output.dataset.min ?? "";
  const say = (): void => {
    const n = [...input.value].length;
    const text = n < Number(min) ? output.dataset.short : output.dataset.enough;
    output.value = n === 0 ? "" : (text ?? "").replace("{n}", String(n)).replace("{min}", min);
  };
  input.addEventListener("input", say);
  say();
}

/** Chooses the viewer's own time zone, if it is on offer. */
function chooseOwnZone(select: HTMLSelectElement): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (all<HTMLOptionElement>("option", select).some((o) => o.value === zone)) select.value = zone;
}

/** Says whether a chosen colour is legible on white, as ui.Legible judges it. */
function judgeColour(output: HTMLOutputElement): void {
  const input = document.getElementById(output.dataset.contrastOf ?? "");
  if (!(input instanceof HTMLInputElement)) return;
  input.addEventListener("input", () => {
    const contrast = 1.05 / (luminance(input.value) + 0.05);
    output.value = (contrast >= 4.5 ? output.dataset.good : output.dataset.poor) ?? "";
  });
}

/** Relative luminance of #rrggbb (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const v = parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
