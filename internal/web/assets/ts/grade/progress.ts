import { all } from "../lib/dom";
import { standingOf } from "./fields";
import type { Outbox } from "./outbox";

const words = { none: "needs no score", scored: "scored", begun: "partly scored", open: "not scored" };

/** Shows in the bar of a page how far its answers are scored, as this tab knows it. */
export function paint(root: ParentNode, outbox: Outbox): void {
  const bar = root.querySelector<HTMLElement>("[data-evaluation]");
  if (!bar) return;
  const links = all("[data-answer]", bar);
  for (const link of links) {
    const sheet = outbox.known(`/grading/${bar.dataset.evaluation}/questions/${link.dataset.answer}/mark`);
    if (!sheet || link.dataset.state === "none") continue;
    const state = standingOf(sheet.mine);
    link.dataset.state = state;
    const text = link.querySelector("[data-state-text]");
    if (text) text.textContent = words[state];
  }
  const needed = links.filter((link) => link.dataset.state !== "none");
  const scored = needed.filter((link) => link.dataset.state === "scored").length;
  const text = bar.querySelector("[data-scored]");
  if (text && needed.length > 0) text.textContent = `${scored} of ${needed.length} answer${needed.length === 1 ? "" : "s"} scored`;
}
