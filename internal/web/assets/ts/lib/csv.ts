import { all, create } from "./dom";

const previewRows = 10;

/** Reads a file into the text of a CSV field and previews it as a table. */
export function startCSV(): void {
  for (const field of all("[data-csv]")) enhance(field);
}

function enhance(field: HTMLElement): void {
  const text = field.querySelector("textarea");
  const file = field.querySelector<HTMLInputElement>("input[type=file]");
  const output = field.querySelector("output");
  const preview = field.querySelector<HTMLElement>(".csv-preview");
  if (!text || !file || !output || !preview) return;

  const show = () => {
    const rows = parse(text.value);
    output.textContent = rows.length > 1 ? `${rows.length - 1} rows below the heading` : "";
    preview.hidden = rows.length < 2;
    preview.replaceChildren(table(rows.slice(0, previewRows + 1)));
  };
  text.addEventListener("input", show);
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    text.value = decode(await chosen.arrayBuffer());
    text.dispatchEvent(new Event("input", { bubbles: true }));
    file.value = ""; // the same file may be chosen again after a correction
  });
  show();
}

/** Spreadsheets still write files that are not UTF-8. */
function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Splits text into rows of cells; the separator is the one used in the first line. */
export function parse(text: string): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || row[0] !== "") rows.push(row);
    [row, cell] = [[], ""];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text.charAt(i + 1) === '"') cell += text.charAt(++i);
      else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator) row.push(cell), (cell = "");
    else if (c === "\n") endRow();
    else if (c !== "\r") cell += c;
  }
  endRow();
  return rows;
}

function separatorOf(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  const count = (c: string) => first.split(c).length;
  return [",", ";", "\t"].reduce((best, c) => (count(c) > count(best) ? c : best));
}

function table(rows: string[][]): HTMLTableElement {
  const [head = [], ...body] = rows;
  return create(
    "table",
    {},
    create("thead", {}, line("th", head)),
    create("tbody", {}, ...body.map((cells) => line("td", cells))),
  );
}

function line(tag: "th" | "td", cells: string[]): HTMLTableRowElement {
  return create("tr", {}, ...cells.map((cell) => create(tag, {}, cell)));
}
