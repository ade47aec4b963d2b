// Links to a moment of an answer. Without scripts they lead to the answer.

import type { AnswerPlayer } from "./answer-player";

/** Lets every link with data-moment, in seconds, take the player of what it leads to to that moment. */
export function linkMoments(root: Document): void {
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-moment]") : null;
    if (!link) return;
    const player = root.querySelector(`${link.hash} answer-player`) as AnswerPlayer | null;
    if (!player) return;
    event.preventDefault();
    player.scrollIntoView({ block: "center" });
    player.seek(Number(link.dataset.moment));
    player.querySelector<HTMLElement>("[role=slider]")?.focus({ preventScroll: true });
  });
}
