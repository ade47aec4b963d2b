import { all, memory, on } from "./dom";

const key = "theme";

/** Lets [data-theme-switch] choose light, dark or the system's theme. */
export function startTheme(): void {
  show(memory.get(key) ?? "");
  on("click", "[data-theme-switch] button", (button) => choose((button as HTMLButtonElement).value));
}

function choose(theme: string): void {
  const root = document.documentElement;
  if (theme) {
    memory.set(key, theme);
    root.dataset.theme = theme;
  } else {
    memory.remove(key);
    delete root.dataset.theme;
  }
  show(theme);
}

function show(theme: string): void {
  for (const button of all<HTMLButtonElement>("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}
