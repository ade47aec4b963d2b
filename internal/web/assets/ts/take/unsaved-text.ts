import { create } from "../lib/dom";
import type { Say } from "./say";

/** Shows a text that came too late until its writer has closed it, also when the page
 *  changes behind it. */
export function showUnsaved(text: string, say: Say, closed: () => void): void {
  const title = create("h2", { id: "unsaved-title" }, say("lost_title"));
  const words = create("p", { id: "unsaved-text", className: "lines-kept" }, text);
  const copy = create("button", { className: "btn", type: "button" }, say("lost_copy"));
  copy.dataset.copy = words.id;
  copy.dataset.copied = say("lost_copied");
  const close = create("button", { className: "btn", type: "button" }, say("lost_close"));
  const actions = create("div", { className: "dialog-actions" }, close, copy);
  const body = create("div", { className: "dialog-body" }, create("p", {}, say("lost")), words, actions);
  const dialog = create("dialog", { className: "dialog" }, create("header", { className: "dialog-head" }, title), body);
  dialog.setAttribute("aria-labelledby", title.id);
  close.addEventListener("click", () => {
    dialog.remove();
    closed();
  });
  dialog.addEventListener("close", () => dialog.showModal()); // Escape is pressed too easily
  document.body.append(dialog);
  dialog.showModal();
  copy.focus();
}
