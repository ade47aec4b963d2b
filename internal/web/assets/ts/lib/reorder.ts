import { all } from "./dom";
import { showToast } from "./toast";

/** Lets the items of each [data-reorder] in a part of the page be moved by drag, button and keyboard. A form
 *  of its own sends the new order; one inside a form counts as a field of it. */
export function startReorder(part: ParentNode): void {
  for (const root of all("[data-reorder]", part)) {
    const list = root.querySelector("ol");
    if (list) new Reorder(root, list);
  }
}

class Reorder {
  private saved: string[] = [];

  constructor(
    private readonly root: HTMLElement,
    private readonly list: HTMLElement,
  ) {
    this.follow();
    this.saved = this.order();
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("pointerdown", (event) => this.grab(event));
    root.dataset.ready = "";
  }

  /** Brings the items into the order that their fields have: another one when
   *  autosave has put back what was not saved. */
  private follow(): void {
    const fields = all<HTMLInputElement>(":scope > li > [data-order]", this.list);
    if (fields.every((field) => field.value === field.closest("li")?.dataset.id)) return;
    this.saved = fields.map((field) => field.value);
    this.restore();
    for (const field of fields) field.value = field.closest("li")?.dataset.id ?? "";
  }

  private items(): HTMLElement[] {
    return all(":scope > li", this.list);
  }

  /** Returns the item in which something happens, if no list within it has dealt with that. */
  private itemOf(event: Event): HTMLElement | undefined {
    if (event.defaultPrevented) return undefined;
    return this.items().find((item) => item.contains(event.target as Node));
  }

  private buttons(item: HTMLElement): HTMLButtonElement[] {
    return all(":scope > .reorder-buttons > button[data-move]", item);
  }

  private order(): string[] {
    return this.items().map((item) => item.dataset.id ?? "");
  }

  private click(event: MouseEvent): void {
    const item = this.itemOf(event);
    const button = item && this.buttons(item).find((b) => b.contains(event.target as Node));
    if (!button) return;
    event.preventDefault();
    this.move(item, button.dataset.move === "up" ? -1 : 1);
    this.focus(item, button);
  }

  private key(event: KeyboardEvent): void {
    const item = this.itemOf(event);
    const free = event.altKey && !(event.target instanceof HTMLSelectElement); // where Alt+ArrowDown opens the list
    if (!item || !free || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const focused = document.activeElement as HTMLElement | null;
    this.move(item, event.key === "ArrowUp" ? -1 : 1);
    this.focus(item, focused);
  }

  /** Moving takes the focus away. A button that cannot be pressed any more leaves it to the other. */
  private focus(item: HTMLElement, focused: HTMLElement | null): void {
    const lost = focused instanceof HTMLButtonElement && focused.disabled;
    (lost ? this.buttons(item).find((b) => !b.disabled) : focused)?.focus();
  }

  private move(item: HTMLElement, by: -1 | 1): void {
    const beside = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!beside) return;
    if (by < 0) beside.before(item);
    else beside.after(item);
    this.settle(item);
  }

  private grab(event: PointerEvent): void {
    const item = this.itemOf(event);
    if (!item?.querySelector(":scope > [data-grip]")?.contains(event.target as Node) || event.button !== 0) return;
    event.preventDefault();
    item.dataset.dragging = "";
    // The list hears the rest, since the item itself is moved about.
    this.list.setPointerCapture(event.pointerId);
    const drag = (e: PointerEvent) => this.drag(item, e.clientY);
    const drop = () => {
      this.list.removeEventListener("pointermove", drag);
      delete item.dataset.dragging;
      if (this.order().join() !== this.saved.join()) this.settle(item);
    };
    this.list.addEventListener("pointermove", drag);
    this.list.addEventListener("lostpointercapture", drop, { once: true });
  }

  private drag(item: HTMLElement, y: number): void {
    const middle = (e: Element) => {
      const box = e.getBoundingClientRect();
      return box.top + box.height / 2;
    };
    const { previousElementSibling: above, nextElementSibling: below } = item;
    if (above && y < middle(above)) above.before(item);
    else if (below && y > middle(below)) below.after(item);
  }

  /** Says where the item is now and saves the order. */
  private settle(item: HTMLElement): void {
    this.bound();
    const items = this.items();
    const output = this.root.querySelector<HTMLOutputElement>(":scope > output");
    if (output) {
      output.textContent = (this.list.dataset.moved ?? "")
        .replace("{label}", item.dataset.label ?? "")
        .replace("{position}", String(items.indexOf(item) + 1))
        .replace("{total}", String(items.length));
    }
    void this.save();
  }

  private async save(): Promise<void> {
    const order = this.order();
    if (!(this.root instanceof HTMLFormElement)) {
      this.saved = order;
      this.root.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    const body = new URLSearchParams(order.map((id) => ["order", id]));
    try {
      const answer = await fetch(this.root.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      this.saved = order;
    } catch {
      this.restore();
      showToast(this.list.dataset.failed ?? "");
    }
  }

  private restore(): void {
    const byID = new Map(this.items().map((item) => [item.dataset.id, item]));
    for (const id of this.saved) {
      const item = byID.get(id);
      if (item) this.list.append(item);
    }
    this.bound();
  }

  /** The first item cannot go up, nor the last one down. */
  private bound(): void {
    const items = this.items();
    for (const [i, item] of items.entries()) {
      for (const button of this.buttons(item)) {
        button.disabled = button.dataset.move === "up" ? i === 0 : i === items.length - 1;
      }
    }
  }
}
