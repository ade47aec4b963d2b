import { all } from "./dom";

/** Shows the actions for chosen rows of a table only when rows are chosen. */
export function startBulk(): void {
  for (const frame of all("[data-bulk]")) enhance(frame);
}

function enhance(frame: HTMLElement): void {
  const every = frame.querySelector<HTMLInputElement>("[data-bulk-all]");
  const rows = all<HTMLInputElement>("td.cell-check > input", frame);
  const bar = frame.querySelector<HTMLElement>("[data-bulk-bar]");
  const count = frame.querySelector<HTMLElement>("[data-bulk-count]");
  if (!every || !bar || !count) return;

  const show = () => {
    const chosen = rows.filter((row) => row.checked).length;
    bar.hidden = chosen === 0;
    count.textContent = chosen === 0 ? "" : `${chosen} selected`;
    every.checked = chosen > 0 && chosen === rows.length;
    every.indeterminate = chosen > 0 && chosen < rows.length;
  };
  every.addEventListener("change", () => {
    for (const row of rows) row.checked = every.checked;
    show();
  });
  frame.addEventListener("change", show);
  addEventListener("pageshow", show); // the browser may have restored choices
  show();
}
