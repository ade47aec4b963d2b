import { on } from "../lib/dom";
import { showToast } from "../lib/toast";
import type { Outbox } from "./outbox";
import type { Visits } from "./visit";

/** Saves by itself what forms would send: one of scores goes on to the next answer, and scores are
 *  only handed in once all that was typed is saved. */
export function startSubmit(outbox: Outbox, visits: Visits): void {
  on("submit", "form[data-mark]", (form, event) => {
    event.preventDefault();
    if ((form as HTMLFormElement).reportValidity()) visits.follow("a[rel=next]");
  });
  on("submit", "form[data-submit]", (form, event) => {
    if (event.defaultPrevented || !outbox.worst) return; // it is not confirmed yet, or nothing is left to save
    event.preventDefault();
    void handIn(form as HTMLFormElement, outbox);
  });
}

async function handIn(form: HTMLFormElement, outbox: Outbox): Promise<void> {
  if (await outbox.settled()) return form.submit();
  form.dataset.busy = "";
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  showToast("Not submitted: something is not saved yet.");
}
