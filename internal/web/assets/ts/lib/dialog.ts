import { all, on } from "./dom";

/** Opens and closes dialogs in browsers without the "command" attribute, and
 *  makes those that came open from the server modal. */
export function startDialogs(): void {
  for (const dialog of all<HTMLDialogElement>("dialog[data-modal]")) {
    dialog.close();
    dialog.showModal();
  }
  if (!("command" in HTMLButtonElement.prototype)) on("click", "button[commandfor]", obey);
}

function obey(button: HTMLElement): void {
  const dialog = document.getElementById(button.getAttribute("commandfor") ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  if (button.getAttribute("command") === "show-modal") dialog.showModal();
  if (button.getAttribute("command") === "close") dialog.close();
}
