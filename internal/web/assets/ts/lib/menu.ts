import { all } from "./dom";

/** Makes <details data-menu> behave as a menu button. */
export function startMenus(): void {
  enhanceMenus();
  document.addEventListener("pointerdown", (event) => closeOthers(event.target as Node));
  document.addEventListener("focusin", (event) => closeOthers(event.target as Node));
}

/** Does so for the menus below a root, which has come later. */
export function enhanceMenus(root: ParentNode = document): void {
  for (const menu of all<HTMLDetailsElement>("details[data-menu]", root)) enhance(menu);
}

function enhance(menu: HTMLDetailsElement): void {
  menu.addEventListener("toggle", () => {
    if (menu.open) place(menu);
  });
  menu.addEventListener("keydown", (event) => {
    if (!menu.open && event.key !== "ArrowDown") return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      menu.open = true;
      step(menu, event.key === "ArrowDown" ? 1 : -1);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}

function step(menu: HTMLDetailsElement, by: number): void {
  const items = all(":scope > :not(summary) :is(a[href], button:not(:disabled))", menu).filter(
    (item) => item.closest("details") === menu,
  );
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 && by < 0 ? items.length - 1 : (at + by + items.length) % items.length;
  items[next]?.focus();
}

function closeOthers(target: Node): void {
  for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}

/** Lifts a panel out of whatever would clip it, and keeps it on the screen. */
function place(menu: HTMLDetailsElement): void {
  const panel = menu.querySelector<HTMLElement>(":scope > .menu-panel-end");
  const button = menu.querySelector("summary");
  if (!panel || !button) return;
  const gap = 4;
  const anchor = button.getBoundingClientRect();
  const below = anchor.bottom + gap;
  const fits = below + panel.offsetHeight < innerHeight;
  const left = Math.min(Math.max(gap, anchor.right - panel.offsetWidth), innerWidth - panel.offsetWidth - gap);
  Object.assign(panel.style, {
    position: "fixed",
    inset: "auto",
    left: `${left}px`,
    top: `${fits ? below : Math.max(gap, anchor.top - gap - panel.offsetHeight)}px`,
  });
  addEventListener("scroll", () => (menu.open = false), { capture: true, once: true });
}
