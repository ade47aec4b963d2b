import { create } from "../lib/dom";
import { clock, type Words } from "./words";
import { fill } from "../media/words";

/** A note at a moment, in milliseconds. */
export interface Comment {
  id: string;
  at: number;
  text: string;
}

/** Comments that are too near each other to be told apart. */
export interface Cluster {
  x: number; // pixels
  comments: Comment[];
}

const apart = 26; // pixels, so that each can be hit

/** Reads comments, in the order of their moments; what is none is left out. */
export function commentsOf(json: string | null): Comment[] {
  try {
    const list = JSON.parse(json ?? "[]") as Comment[];
    return list.filter(({ at }) => Number.isFinite(at)).sort((a, b) => a.at - b.at);
  } catch {
    return [];
  }
}

/** Puts comments on a line so wide, those together that would overlap. */
export function clusters(comments: Comment[], length: number, width: number): Cluster[] {
  const made: Cluster[] = [];
  for (const comment of comments) {
    const exact = length > 0 ? (comment.at / 1000 / length) * width : 0;
    const x = Math.min(width - apart / 2, Math.max(apart / 2, exact));
    const last = made.at(-1);
    if (last && x - last.x < apart) last.comments.push(comment);
    else made.push({ x, comments: [comment] });
  }
  return made;
}

/** The line above the wave with a sign for each comment. */
export class Marks {
  readonly element = create("div", { className: "player-marks" });

  private drawn: { comments: Comment[]; length: number; width: number } | null = null;

  constructor(
    private readonly words: Words,
    private readonly go: (comment: Comment) => void,
  ) {}

  show(comments: Comment[], length: number, width: number): void {
    const { drawn } = this;
    if (drawn?.comments === comments && drawn.length === length && drawn.width === width) return; // the focus stays where it is
    this.drawn = { comments, length, width };
    this.element.hidden = comments.length === 0;
    this.element.replaceChildren(...clusters(comments, length, width).map((cluster) => this.sign(cluster)));
  }

  private sign({ x, comments }: Cluster): HTMLElement {
    const first = comments[0] as Comment; // a cluster has one
    const text = comments.map((comment) => comment.text).join(" · ");
    const gaps = { at: clock(first.at / 1000), count: comments.length, text };
    const label = fill(comments.length > 1 ? this.words.comments_at : this.words.comment_at, gaps);
    const button = create("button", { type: "button", className: "player-mark", title: text }, comments.length > 1 ? String(comments.length) : "");
    button.setAttribute("aria-label", label);
    button.style.setProperty("--x", `${x}px`);
    button.addEventListener("click", () => this.go(first));
    return button;
  }
}
