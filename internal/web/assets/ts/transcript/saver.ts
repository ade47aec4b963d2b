import { memory } from "../lib/dom";
import { type Edit, type Line } from "./line";

const pause = 800; // ms after the last key
const retryFirst = 2_000;
const retryMost = 30_000;
const keepaliveMost = 60_000; // bytes; browsers refuse more than 64 KiB

/** How saving fares. */
export type Standing = "unsaved" | "saving" | "saved" | "failed";

/** Saves what is typed into lines by itself. What the server has not confirmed is kept in the browser, and put back when the page
 *  is opened again. The server takes all lines that it is sent or none, and says what they are now. */
export class Saver {
  private timer = 0;
  private delay = retryFirst;
  private sending = false;
  private refused = false; // sending the same again would not help

  constructor(
    private readonly lines: Line[],
    private readonly action: string,
    private readonly draft: string,
    private readonly say: (standing: Standing, text?: string) => void,
  ) {}

  /** Puts back what an earlier visit could not save. */
  restore(): void {
    let kept: Record<string, Edit> = {};
    try {
      kept = JSON.parse(memory.get(this.draft) ?? "{}") as Record<string, Edit>;
    } catch {
      memory.remove(this.draft);
    }
    for (const line of this.lines) {
      const edit = kept[line.number];
      if (edit) line.restore(edit);
    }
    if (this.unsaved) this.changed();
  }

  /** Whether anything that is typed is not on the server. */
  get unsaved(): boolean {
    return this.sending || this.lines.some((line) => line.unsaved);
  }

  /** Notes that something was typed. */
  changed(): void {
    this.refused = false;
    this.keep();
    this.say("unsaved");
    this.schedule(pause);
  }

  /** Saves now what is to be saved. */
  flush(): void {
    if (this.unsaved) this.schedule(0);
  }

  private schedule(after: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), after);
  }

  private keep(): void {
    const left = this.lines.filter((line) => line.unsaved).map((line) => [line.number, { was: line.stands, text: line.field.value }]);
    if (left.length === 0) memory.remove(this.draft);
    else memory.set(this.draft, JSON.stringify(Object.fromEntries(left)));
  }

  private async save(): Promise<void> {
    const due = this.lines.flatMap((line) => (line.edit ? [{ line, edit: line.edit }] : []));
    if (this.sending || this.refused) return;
    if (due.length === 0) {
      if (!this.unsaved) this.say("saved");
      return;
    }
    this.sending = true;
    this.say("saving");
    try {
      await this.send(due);
      this.delay = retryFirst;
    } catch {
      this.say("failed");
      this.schedule(this.delay);
      this.delay = Math.min(this.delay * 2, retryMost);
    }
    this.sending = false;
    this.keep();
  }

  private async send(due: { line: Line; edit: Edit }[]): Promise<void> {
    const body = new URLSearchParams();
    for (const { line, edit } of due) {
      body.append(`was-${line.number}`, edit.was);
      body.append(`line-${line.number}`, edit.text);
    }
    const text = body.toString();
    const answer = await fetch(this.action, {
      method: "POST",
      body: text,
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      keepalive: text.length < keepaliveMost, // survives the closing of the page
    });
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.statusText);
    const said = (await answer.json()) as { lines?: Record<string, string>; error?: string };
    if (!said.lines) {
      this.refused = true;
      this.say("failed", said.error);
      return;
    }
    for (const { line } of due) {
      const now = said.lines[line.number];
      if (now === undefined) return this.replaced();
      if (answer.ok) line.saved(now);
      else line.meet(now);
    }
    this.settled();
  }

  /** Says how it stands, and goes on with what was typed meanwhile or is in nobody's way. */
  private settled(): void {
    if (this.lines.some((line) => line.edit)) return this.changed();
    if (this.lines.some((line) => line.unsaved)) this.say("failed", "Not saved: somebody else has changed the same line.");
    else this.say("saved");
  }

  private replaced(): void {
    this.refused = true;
    this.say("failed", "The transcript was made anew. Reload the page; what you typed is kept.");
  }
}
