import { all } from "./dom";
import { showToast } from "./toast";

/** Lets the items of a [data-reorder] be moved by drag, button and keyboard. A form
 *  of its own sends the new order; one inside a form counts as a field of it. */
export function startReorder(): void {
  for (const root of all("[data-reorder]")) {
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

  private order(): string[] {
    return this.items().map((item) => item.dataset.id ?? "");
  }

  private click(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-move]");
    const item = button?.closest("li");
    if (!button || !item) return;
    event.preventDefault();
    this.move(item, button.dataset.move === "up" ? -1 : 1);
    const usable = button.disabled ? item.querySelector<HTMLElement>("button[data-move]:enabled") : button;
    usable?.focus();
  }

  private key(event: KeyboardEvent): void {
    const item = (event.target as Element).closest("li");
    const free = event.altKey && !(event.target instanceof HTMLSelectElement); // where Alt+ArrowDown opens the list
    if (!item || !free || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const focused = document.activeElement as HTMLElement | null;
    this.move(item, event.key === "ArrowUp" ? -1 : 1);
    const lost = focused instanceof HTMLButtonElement && focused.disabled;
    (lost ? item.querySelector<HTMLElement>("button[data-move]:enabled") : focused)?.focus();
  }

  private move(item: HTMLElement, by: -1 | 1): void {
    const beside = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!beside) return;
    if (by < 0) beside.before(item);
    else beside.after(item);
    this.settle(item);
  }

  private grab(event: PointerEvent): void {
    const grip = (event.target as Element).closest<HTMLElement>("[data-grip]");
    const item = grip?.closest("li");
    if (!grip || !item || event.button !== 0) return;
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
      for (const button of all<HTMLButtonElement>("button[data-move]", item)) {
        button.disabled = button.dataset.move === "up" ? i === 0 : i === items.length - 1;
      }
    }
  }
}
