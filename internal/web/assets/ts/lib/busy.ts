import { all, on } from "./dom";

/** Shows that a <form data-busy> is on its way, and sends it only once. */
export function startBusy(): void {
  on("submit", "form[data-busy]", (form, event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.busy === "sent") {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "sent";
    // The button must stay enabled until the browser has read its value.
    mark((event as SubmitEvent).submitter);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) reset(); // back from the next page
  });
}

function mark(button: HTMLElement | null): void {
  button?.setAttribute("aria-busy", "true");
}

function reset(): void {
  for (const form of all("form[data-busy=sent]")) {
    form.dataset.busy = "";
    for (const button of all("[aria-busy]", form)) button.removeAttribute("aria-busy");
  }
}
