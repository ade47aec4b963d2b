// The keys of the pages on which answers are scored.

import { all } from "../lib/dom";
import type { AnswerPlayer } from "../player/answer-player";
import { obey } from "../player/keys";
import type { Visits } from "./visit";

/** Has the pages obey their keys. */
export function startKeys(visits: Visits): void {
  document.addEventListener("keydown", (event) => pressed(event, visits));
  document.addEventListener("focusin", (event) => mark(criterionOf(event.target)));
}

function pressed(event: KeyboardEvent, visits: Visits): void {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!(event.target instanceof HTMLElement) || document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") leave(event.target);
    return;
  }
  if (deed(event, visits)) return event.preventDefault();
  const player = document.querySelector<AnswerPlayer>(".cockpit-player answer-player");
  if (player && "toggle" in player) obey(player, event);
}

/** Does what a key means beside the player; false when it means nothing. */
function deed(event: KeyboardEvent, visits: Visits): boolean {
  const target = event.target as HTMLElement;
  switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
    case "n":
      return visits.follow("a[rel=next]");
    case "p":
      return visits.follow("a[rel=prev]");
    case "r":
      return visits.follow('.cockpit-bar a[href*="/review"]');
    case "?":
      document.querySelector<HTMLDialogElement>("dialog#keys")?.showModal();
      return true;
    case "ArrowUp":
    case "ArrowDown":
      return !target.closest("answer-player, [role=slider]") && move(event.key === "ArrowDown" ? 1 : -1);
    case "Enter":
      return !target.matches("a, button, summary, input") && submit();
    default:
      return /^\d$/.test(event.key) && pick(Number(event.key));
  }
}

function typing(element: HTMLElement): boolean {
  return element.isContentEditable || element.matches("input:not([type=radio], [type=checkbox], [type=range]), select, textarea");
}

/** Leaves a field, for the criterion that it is of or the heading. */
function leave(field: HTMLElement): void {
  (field.closest<HTMLElement>("[data-criterion]") ?? current() ?? document.querySelector<HTMLElement>("main h1"))?.focus();
}

function criteria(): HTMLElement[] {
  return all("main [data-criterion]");
}

function criterionOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-criterion]") : null;
}

/** The criterion that numbers go to: the marked one, else the first without a score. */
function current(): HTMLElement | undefined {
  const list = criteria();
  return list.find((one) => one.hasAttribute("data-current")) ?? list.find((one) => !scored(one)) ?? list[0];
}

function mark(criterion: HTMLElement | null): void {
  if (!criterion) return;
  for (const one of criteria()) one.toggleAttribute("data-current", one === criterion);
}

function scored(criterion: HTMLElement): boolean {
  return all<HTMLInputElement>("input", criterion).some((input) => (input.type === "radio" ? input.checked : input.value !== ""));
}

function move(by: number): boolean {
  const list = criteria();
  const at = list.findIndex((one) => one.hasAttribute("data-current"));
  const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))];
  next?.focus();
  return next !== undefined;
}

/** Gives the marked criterion the points that the digit stands for, and goes to the next without a score. */
function pick(digit: number): boolean {
  const criterion = current();
  if (!criterion || criterion.matches(":disabled *")) return false;
  const inputs = all<HTMLInputElement>("input", criterion);
  const [first] = inputs;
  if (first?.type === "number") {
    first.focus(); // which gets the digit
    first.select();
    return false;
  }
  const chosen = inputs.find((input) => input.dataset.key === String(digit));
  if (!chosen) return false;
  chosen.checked = true;
  chosen.dispatchEvent(new Event("input", { bubbles: true }));
  const rest = criteria();
  const next = [...rest.slice(rest.indexOf(criterion)), ...rest].find((one) => !scored(one));
  (next ?? criterion).focus();
  return true;
}

function submit(): boolean {
  const button = document.querySelector<HTMLButtonElement>("form[data-submit] button[type=submit]:not(:disabled)");
  // Once the key is up: held down, it would agree to what is asked next.
  if (button) document.addEventListener("keyup", () => button.form?.requestSubmit(button), { once: true });
  return button !== null;
}
