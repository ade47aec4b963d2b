import { create } from "../lib/dom";
import { Refusal } from "../media/call";
import { patiently } from "../media/patience";
import * as protocol from "../media/protocol";
import type { Status } from "../media/protocol";
import { readRescue, type Rescued } from "../media/rescue";
import { fill } from "../media/words";

/** What a member reads. The dashboard speaks English. */
const words = {
  unreadable: "This is not a file with saved recordings, or it did not arrive whole.",
  nothing: "This file holds no answers.",
  sending: "Question {question}: sending, {percent} %",
  checking: "Question {question}: arrived. It is being checked…",
  done: "Question {question}: the answer is in place.",
  unusable: "Question {question}: the recording arrived, but it cannot be used: {why}.",
  missing: "Question {question}: parts are missing which are neither in the file nor on the server.",
  refused: "Question {question}: {why}",
  signed_out: "You are signed out. Sign in in another tab, then choose the file again.",
  show: "Show the answers",
};

const failures: Record<string, string> = {
  silent: "nothing can be heard",
  too_short: "it is shorter than a second",
  too_long: "it is longer than allowed",
  mismatched: "the sound or the picture is missing",
};

/**
 * <rescue-import>: takes a file of recordings that a candidate has saved, and sends the
 * answers in it. Attributes: invite, its path. It holds an input for the file.
 */
export class RescueImport extends HTMLElement {
  private readonly said = create("div", { className: "rescue-said" });
  private readonly bar = create("progress", { className: "progress", max: 1, hidden: true });

  connectedCallback(): void {
    this.said.setAttribute("role", "status");
    this.bar.setAttribute("aria-label", "Sending");
    this.append(this.bar, this.said);
    this.input?.addEventListener("change", () => void this.choose());
  }

  private get input(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  private async choose(): Promise<void> {
    const { input } = this;
    const file = input?.files?.[0];
    if (!input || !file) return;
    const stay = (event: Event) => event.preventDefault();
    addEventListener("beforeunload", stay);
    input.disabled = true;
    try {
      await this.take(file);
    } finally {
      input.disabled = false;
      input.value = ""; // the same file may be chosen again
      this.bar.hidden = true;
      removeEventListener("beforeunload", stay);
    }
  }

  private async take(file: File): Promise<void> {
    this.said.replaceChildren();
    const recordings = await readRescue(file).catch(() => null);
    if (!recordings) return this.say(words.unreadable);
    const answers = recordings.filter((r) => r.purpose === "answer");
    if (answers.length === 0) return this.say(words.nothing);
    let arrived = false;
    for (const answer of answers) arrived = (await this.send(answer)) || arrived;
    if (arrived) this.offer();
  }

  /** Sends one answer and says what has become of it. */
  private async send(answer: Rescued): Promise<boolean> {
    const line = this.line();
    const say = (text: string, gaps = {}) => (line.textContent = fill(text, { question: answer.question, ...gaps }));
    try {
      const status = await this.deliver(answer, say);
      if (status.state === "ready") say(words.done);
      else say(words.unusable, { why: failures[status.failure] ?? "it cannot be played" });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) say(words.signed_out);
      else if (error.missing.length > 0) say(words.missing);
      else say(words.refused, { why: error.message });
      return false;
    }
  }

  private async deliver(answer: Rescued, say: (text: string, gaps?: object) => void): Promise<Status> {
    const { id, mime, question, slices, chunks, bytes } = answer;
    const whole = slices.length === chunks && slices.every((slice, i) => slice.number === i);
    const { url } = await patiently(() => protocol.open(`${this.getAttribute("invite")}/questions/${question}/import`, { recording: id, mime, whole }));
    this.bar.hidden = false;
    for (const [i, slice] of slices.entries()) {
      this.bar.value = i / slices.length;
      say(words.sending, { percent: Math.floor((100 * i) / slices.length) });
      const data = await slice.data.arrayBuffer();
      await patiently(() => protocol.put(url, slice.number, data));
    }
    await patiently(() => protocol.finish(url, chunks, bytes));
    this.bar.hidden = true;
    say(words.checking);
    return patiently(() => protocol.verdict(url));
  }

  private line(): HTMLElement {
    const line = create("p");
    this.said.append(line);
    return line;
  }

  private say(text: string): void {
    this.line().textContent = text;
  }

  private offer(): void {
    const button = create("button", { type: "button", className: "btn btn-sm" }, words.show);
    button.addEventListener("click", () => location.reload());
    this.said.append(button);
  }
}
