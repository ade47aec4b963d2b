import { create } from "../lib/dom";

/** A bar that shows how loud it is. */
export class LevelBar {
  readonly element = create("div", { className: "record-level" });

  constructor(label: string) {
    this.element.setAttribute("role", "meter");
    this.element.setAttribute("aria-label", label);
    this.element.setAttribute("aria-valuemin", "0");
    this.element.setAttribute("aria-valuemax", "100");
    this.show(0);
  }

  /** Shows a level from 0 to 1. */
  show(level: number): void {
    this.element.style.setProperty("--level", level.toFixed(3));
    this.element.setAttribute("aria-valuenow", String(Math.round(level * 20) * 5));
  }
}
