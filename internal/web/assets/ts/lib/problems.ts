import { all, create } from "./dom";

/** What the server has against a field. */
export interface Problem {
  field: string; // its name; empty for the form as a whole
  message: string;
}

/** Shows problems beside the fields of a form, as the server does on a page, in the place of those that were told before. */
export function showProblems(form: HTMLFormElement, problems: Problem[]): void {
  for (const told of all(".error-summary, .field > .field-error", form)) told.remove();
  for (const field of all(".field-bad", form)) field.classList.remove("field-bad");
  for (const control of all("[aria-invalid]", form)) {
    control.removeAttribute("aria-invalid");
    describe(control, false);
  }
  for (const problem of problems) show(form, problem);
}

function show(form: HTMLFormElement, { field, message }: Problem): void {
  const control = document.getElementById(`f-${field}`);
  const frame = control?.closest(".field");
  if (!control || !frame || !form.contains(control)) return;
  const text = create("p", { id: `${control.id}-error`, className: "field-error" });
  text.append(create("span", { className: "sr-only" }, form.dataset.error ?? ""), " ", message);
  const before = [...frame.children].find((child) => child !== control && child.contains(control)) ?? control;
  frame.classList.add("field-bad");
  control.closest("details")?.setAttribute("open", "");
  if (frame === control) {
    frame.prepend(text); // it is about several fields
    return;
  }
  before.before(text);
  control.setAttribute("aria-invalid", "true");
  describe(control, true);
}

/** Ties a control to its error, or unties it. */
function describe(control: HTMLElement, bad: boolean): void {
  const error = `${control.id}-error`;
  const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== "" && id !== error);
  const by = bad ? [...others, error] : others;
  if (by.length > 0) control.setAttribute("aria-describedby", by.join(" "));
  else control.removeAttribute("aria-describedby");
}
