// Going from page to page without leaving the document, so that what records the
// screen runs on.

/** A page to go to, or a form to send. */
export interface Visit {
  url: string;
  method?: string;
  body?: URLSearchParams;
  replace?: boolean; // the page in the history
  quiet?: boolean; // the same page, with news: the focus stays
}

/** What is waited for before a page is left. */
export interface Leave {
  until(done: Promise<unknown>): void;
}

/** Goes to a page. */
export function visit(there: Visit): void {
  const asked = new CustomEvent("visit", { detail: there, cancelable: true });
  if (document.dispatchEvent(asked)) location.assign(there.url); // nobody took it on
}

/** Has a page wait, before it is left, for what handle returns. */
export function beforeLeaving(handle: () => Promise<unknown>, signal: AbortSignal): void {
  document.addEventListener("leave", (event) => (event as CustomEvent<Leave>).detail.until(handle()), { signal });
}
