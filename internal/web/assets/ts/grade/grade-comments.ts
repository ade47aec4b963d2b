import { create, memory } from "../lib/dom";
import { clock } from "../media/words";
import { outbox } from "./here";

interface Comment {
  id: string;
  at: number; // milliseconds
  text: string;
}

interface Player extends HTMLElement {
  readonly seconds: number;
  seek(second: number): void;
}

/**
 * <grade-comments>: the comments on moments of the answer, to be added, changed and deleted.
 * Attributes: url (below which each has its address), question, comments (JSON), fixed (they are
 * only shown), most (characters).
 *
 * What is being typed is kept in the browser until it is saved or thrown away.
 */
export class GradeComments extends HTMLElement {
  private comments: Comment[] = [];
  private gone = new AbortController();
  private readonly list = create("ul", { className: "comment-list" });
  private readonly place = create("div", {});
  private readonly news = create("p", { className: "sr-only" });

  connectedCallback(): void {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.comments = this.read();
    this.news.setAttribute("role", "status");
    this.replaceChildren(this.list, this.place, this.news);
    this.show();
    document.addEventListener("player-moment", (event) => this.begin((event as CustomEvent<{ at: number }>).detail.at), { signal });
    document.addEventListener("player-comment", (event) => this.point((event as CustomEvent<{ id: string }>).detail.id), { signal });
    const draft = this.kept();
    if (draft && !this.fixed) this.compose(draft);
  }

  disconnectedCallback(): void {
    this.gone.abort();
  }

  private get fixed(): boolean {
    return this.hasAttribute("fixed");
  }

  private get url(): string {
    return this.getAttribute("url") ?? "";
  }

  private get player(): Player | null {
    return document.querySelector<Player>(".cockpit-player answer-player");
  }

  /** What the page says, and what was done since it was made. */
  private read(): Comment[] {
    let comments = JSON.parse(this.getAttribute("comments") || "[]") as Comment[];
    for (const { url, body } of outbox.errandsBelow(this.url)) {
      const id = url.slice(this.url.length);
      comments = comments.filter((comment) => comment.id !== id);
      if (body && body.question === this.getAttribute("question")) comments.push({ id, at: body.at, text: body.text });
    }
    return comments;
  }

  private show(): void {
    this.comments.sort((a, b) => a.at - b.at);
    const empty = create("li", { className: "muted" }, "None yet. “Comment here” marks the moment that plays.");
    this.list.replaceChildren(...this.comments.map((comment) => this.item(comment)));
    if (this.comments.length === 0 && !this.fixed) this.list.append(empty);
    this.player?.setAttribute("comments", JSON.stringify(this.comments));
  }

  private item(comment: Comment): HTMLElement {
    const { id, at, text } = comment;
    const jump = button(clock(at / 1000), "btn btn-ghost btn-sm comment-at", () => this.player?.seek(at / 1000));
    jump.setAttribute("aria-label", `Go to ${clock(at / 1000)}`);
    const li = create("li", { id: `comment-${id}` }, jump, create("span", { className: "lines-kept" }, text));
    if (this.fixed) return li;
    const tools = create(
      "span",
      { className: "comment-tools" },
      named(button("Edit", "btn btn-ghost btn-sm", () => this.compose(comment)), `Edit the comment at ${clock(at / 1000)}`),
      named(button("Delete", "btn btn-ghost btn-sm", () => this.discard(comment)), `Delete the comment at ${clock(at / 1000)}`),
    );
    li.append(tools);
    return li;
  }

  private begin(at: number): void {
    if (!this.fixed) this.compose(this.kept() ?? { id: crypto.randomUUID(), at, text: "" });
  }

  private point(id: string): void {
    document.getElementById(`comment-${id}`)?.scrollIntoView({ block: "nearest" });
  }

  /** Opens a field for a comment. */
  private compose(comment: Comment): void {
    const was = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const area = create("textarea", { className: "textarea", rows: 2, value: comment.text, maxLength: Number(this.getAttribute("most")) });
    area.setAttribute("aria-label", `Comment at ${clock(comment.at / 1000)}`);
    const close = () => {
      memory.remove(this.draft);
      this.place.replaceChildren();
      (was?.isConnected ? was : document.querySelector<HTMLElement>("main h1"))?.focus({ preventScroll: true });
    };
    const save = () => {
      const text = area.value.trim();
      close();
      if (text) this.put({ ...comment, text });
    };
    area.addEventListener("input", () => memory.set(this.draft, JSON.stringify({ ...comment, text: area.value })));
    area.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey))) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") save();
      else close();
    });
    this.place.replaceChildren(
      create(
        "div",
        { className: "composer" },
        create("p", { className: "label" }, `At ${clock(comment.at / 1000)}`),
        area,
        create("div", { className: "actions" }, button("Save comment", "btn btn-sm", save), button("Cancel", "btn btn-ghost btn-sm", close)),
        create("p", { className: "hint" }, "Enter saves, Escape cancels."),
      ),
    );
    area.focus();
  }

  private put(comment: Comment): void {
    this.comments = [...this.comments.filter(({ id }) => id !== comment.id), comment];
    const { id, at, text } = comment;
    outbox.errand(this.url + id).want({ question: this.getAttribute("question") ?? "", at, text });
    this.show();
    this.news.textContent = `Comment at ${clock(at / 1000)} added.`;
  }

  /** Deletes a comment, and offers it back in its place. */
  private discard(comment: Comment): void {
    const li = document.getElementById(`comment-${comment.id}`);
    this.comments = this.comments.filter(({ id }) => id !== comment.id);
    outbox.errand(this.url + comment.id).want(null);
    this.player?.setAttribute("comments", JSON.stringify(this.comments));
    const undo = button("Undo", "btn btn-ghost btn-sm", () => this.put(comment));
    li?.replaceChildren(create("span", { className: "muted" }, "Deleted."), undo);
    undo.focus();
  }

  private get draft(): string {
    return `grade comment ${this.url}${this.getAttribute("question")}`;
  }

  private kept(): Comment | null {
    try {
      return JSON.parse(memory.get(this.draft) ?? "null") as Comment | null;
    } catch {
      return null;
    }
  }
}

function button(text: string, className: string, act: () => void): HTMLButtonElement {
  const made = create("button", { type: "button", className }, text);
  made.addEventListener("click", act);
  return made;
}

function named(element: HTMLElement, name: string): HTMLElement {
  element.setAttribute("aria-label", name);
  return element;
}
