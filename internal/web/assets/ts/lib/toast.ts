import { all, on } from "./dom";

const lifetime = 6000;

/** Announces the toasts that came with the page and lets them go in time. */
export function startToasts(): void {
  on("click", "[data-toast-close]", (button) => button.closest("[data-toast]")?.remove());
  const region = document.querySelector<HTMLElement>("[data-toasts]");
  if (!region) return;
  const waiting = all("[data-toast]", region);
  region.replaceChildren();
  // Live regions speak of what is added after the page has settled.
  setTimeout(() => {
    for (const toast of waiting) add(region, toast);
  }, 100);
}

/** Shows a message made in the browser. */
export function showToast(text: string): void {
  const region = document.querySelector<HTMLElement>("[data-toasts]");
  const template = document.querySelector<HTMLTemplateElement>("#toast-template");
  const toast = template?.content.firstElementChild?.cloneNode(true);
  if (!region || !(toast instanceof HTMLElement)) return;
  const place = toast.querySelector("p");
  if (place) place.textContent = text;
  add(region, toast);
}

function add(region: HTMLElement, toast: HTMLElement): void {
  region.append(toast);
  if (toast.hasAttribute("data-toast-keep")) return;
  let timer = 0;
  const start = () => (timer = window.setTimeout(() => toast.remove(), lifetime));
  const stop = () => clearTimeout(timer);
  for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stop);
  for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, start);
  start();
}
