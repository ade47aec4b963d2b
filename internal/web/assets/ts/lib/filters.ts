import { all, on } from "./dom";

/** Applies <form data-filters> as soon as a choice changes or the search is cleared, and
 *  keeps empty parameters out of the address. */
export function startFilters(): void {
  on("change", "form[data-filters] select", (select) => (select as HTMLSelectElement).form?.requestSubmit());
  on("input", "form[data-filters] [type=search]", (input) => {
    const { value, form } = input as HTMLInputElement;
    if (value === "") form?.requestSubmit();
  });
  on("submit", "form[data-filters]", (form) => {
    for (const field of fields(form)) field.disabled = field.value === "";
  });
  addEventListener("pageshow", () => {
    for (const form of all("form[data-filters]")) for (const field of fields(form)) field.disabled = false;
  });
}

function fields(form: HTMLElement): (HTMLInputElement | HTMLSelectElement)[] {
  return all<HTMLInputElement | HTMLSelectElement>("input[name], select[name]", form);
}
