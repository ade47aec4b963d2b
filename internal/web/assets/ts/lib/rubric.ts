import { all, on } from "./dom";

/** Keeps the sums of each [data-rubric] up to date: its attribute names the field of the question's points. A criterion is
 *  worth its highest [data-level], a question what its [data-criterion]s are worth; what has its [data-gone] ticked is not
 *  counted. Points that follow from others cannot be typed. */
export function startRubrics(): void {
  on("input", "[data-rubric]", count);
  all("[data-rubric]").forEach(count);
}

function count(rubric: HTMLElement): void {
  const criteria = present("[data-criterion]", rubric);
  const sum = criteria.reduce((total, criterion) => total + worth(criterion), 0);
  const form = rubric.closest("form");
  const whole = form?.elements.namedItem(rubric.dataset.rubric ?? "");
  if (!(whole instanceof HTMLInputElement)) return;
  follow(whole, criteria.length > 0, sum);
  const summary = rubric.querySelector("[data-rubric-summary]");
  if (summary) summary.textContent = describe(criteria.length, Number(whole.value));
}

function worth(criterion: HTMLElement): number {
  const levels = present("[data-level]", criterion).map((level) => Number(points(level)?.value));
  const own = points(criterion);
  if (own) follow(own, levels.length > 0, Math.max(...levels));
  return Number(own?.value);
}

function follow(field: HTMLInputElement, follows: boolean, value: number): void {
  field.readOnly = follows;
  if (follows) field.value = String(value);
}

/** Returns the parts that are not ticked to be gone. */
function present(selector: string, root: ParentNode): HTMLElement[] {
  return all(selector, root).filter((part) => !all<HTMLInputElement>("[data-gone]", part).find((tick) => owner(tick) === part)?.checked);
}

/** Returns the first field of points in a part: its own, since levels come after it. */
function points(part: ParentNode): HTMLInputElement | null {
  return part.querySelector("[data-points]");
}

function owner(tick: Element): Element | null {
  return tick.closest("[data-level], [data-criterion]");
}

function describe(criteria: number, points: number): string {
  const worth = `${points.toLocaleString("en")} ${points === 1 ? "point" : "points"}`;
  if (criteria === 0) return `${worth} for the whole answer`;
  return `${criteria} ${criteria === 1 ? "criterion" : "criteria"}, ${worth}`;
}
