// What a recorder looks like. Made once; each step shows and hides parts of it, so
// that the focus stays where it is.

import { create } from "../lib/dom";
import type { Obstacle, Phase } from "./booth";
import type { Kind } from "./capture";
import { LevelBar } from "./level";
import { discardPlayer, player } from "./playback";
import type { Recorder } from "./recorder";
import type { Warning } from "./senses";
import { clock, fill, type Words } from "./words";

/** What a person can do, by button. */
export interface Actions {
  prepare(): void;
  start(): void;
  cancel(): void;
  stop(): void;
  use(): void;
  again(): void;
}

type Action = keyof Actions;

const offered: Record<Phase, Action[]> = {
  idle: ["prepare"],
  asking: [],
  armed: ["start"],
  starting: ["cancel"],
  recording: ["stop"],
  cut: ["use", "again"],
  uploading: ["again"],
  checking: ["again"],
  ready: ["again"],
  failed: ["again"],
};

const on: Phase[] = ["armed", "starting", "recording"]; // devices are on
const over: Phase[] = ["cut", "uploading", "checking", "ready"]; // there may be something to play

/** What is shown of a recorder. */
export interface Shown extends Pick<Recorder, "phase" | "obstacle" | "stream" | "status" | "stopped" | "left"> {
  run: { blob(): Blob } | null;
}

/** The parts of a recorder's element. */
export class View {
  readonly preview = create("video", { className: "record-preview", muted: true, playsInline: true, autoplay: true });
  readonly level: LevelBar;

  private readonly stage = create("div", { className: "record-stage" });
  private readonly count = create("p", { className: "record-count", hidden: true });
  private readonly time = create("p", { className: "record-time", hidden: true });
  private readonly clock = create("span", {});
  private readonly say = create("p", { className: "record-say" });
  private readonly warning = create("p", { className: "record-warning", hidden: true });
  private readonly trouble = create("div", { className: "banner tone-warning", hidden: true });
  private readonly listen = create("div", { className: "record-listen", hidden: true });
  private readonly takes = create("p", { className: "hint" });
  private readonly buttons: Record<Action, HTMLButtonElement>;
  private warned: Warning | null = null;
  private unsaved = false;
  private played: Blob | string | null = null;

  constructor(
    host: HTMLElement,
    private readonly kind: Kind,
    private readonly words: Words,
    devices: HTMLElement,
    actions: Actions,
  ) {
    this.level = new LevelBar(words.level);
    this.preview.setAttribute("aria-label", words.preview);
    this.count.setAttribute("aria-hidden", "true");
    this.time.setAttribute("role", "timer"); // seen by those who ask for it, not spoken each second
    this.time.append(create("span", { className: "record-dot" }), this.clock);
    this.say.setAttribute("role", "status");
    this.warning.setAttribute("role", "status");
    this.buttons = this.makeButtons(actions);
    const [inside, below] = kind === "video" ? [[], [this.level.element]] : [[this.level.element], []];
    if (kind === "video") this.stage.append(this.preview);
    this.stage.append(this.count, this.time, ...inside);
    const bar = create("div", { className: "actions" }, ...Object.values(this.buttons), this.takes);
    host.classList.add("record");
    host.dataset.kind = kind;
    // The devices are known a moment later: then nothing must move that somebody is about to press.
    host.replaceChildren(this.stage, ...below, this.listen, this.say, this.warning, this.trouble, bar, devices);
  }

  /** Shows where the recorder is. */
  show(recorder: Shown): void {
    const { phase } = recorder;
    const live = on.includes(phase);
    this.preview.srcObject = recorder.stream;
    this.stage.hidden = !live && !(phase === "asking" && this.kind === "video");
    this.level.element.hidden = !live;
    this.count.hidden = phase !== "starting";
    this.time.hidden = phase !== "recording";
    this.showTakes(recorder);
    this.showTrouble(recorder);
    this.showPlayer(over.includes(phase) ? (recorder.run?.blob() ?? recorder.status?.media ?? null) : null);
    this.tell(this.sentence(recorder));
    this.offer(phase, recorder);
  }

  /** Shows the seconds before the recording begins. */
  countDown(left: number): void {
    this.count.textContent = String(left);
  }

  /** Shows how long the recording is. */
  tick(seconds: number, most: number): void {
    const gaps = { time: clock(seconds), most: clock(most) };
    this.clock.textContent = most > 0 ? fill(this.words.time, gaps) : gaps.time;
    this.time.dataset.late = String(most > 0 && most - seconds <= 10);
  }

  /** Says something to eyes and ears. */
  tell(text: string): void {
    if (this.say.textContent !== text) this.say.textContent = text;
    this.say.hidden = text === "";
  }

  /** Shows what is wrong with sound or picture, or nothing. */
  warn(warning: Warning | null): void {
    this.warned = warning;
    this.showWarnings();
  }

  /** Shows whether the recording lives in this page alone. */
  warnUnsaved(unsaved: boolean): void {
    this.unsaved = unsaved;
    this.showWarnings();
  }

  /** Frees what is held. */
  close(): void {
    this.showPlayer(null);
    this.preview.srcObject = null;
  }

  private makeButtons(actions: Actions): Record<Action, HTMLButtonElement> {
    const { words } = this;
    const make = (action: Action, text: string, look: string) => {
      const button = create("button", { type: "button", className: `btn ${look}`, hidden: true }, text);
      button.addEventListener("click", () => actions[action]());
      return button;
    };
    return {
      prepare: make("prepare", words[`turn_on_${this.kind}`], "btn-primary"),
      start: make("start", words.start, "btn-primary"),
      stop: make("stop", words.stop, "btn-primary"),
      cancel: make("cancel", words.cancel, ""),
      use: make("use", words.use, "btn-primary"),
      again: make("again", words.again, ""),
    };
  }

  /** Shows the buttons of a phase; the focus goes on to the first of them from one
   *  that goes away. */
  private offer(phase: Phase, recorder: Shown): void {
    const none = recorder.left === 0 && phase !== "cut" && phase !== "failed";
    const active = document.activeElement;
    const lost = Object.values(this.buttons).some((button) => button === active);
    for (const [action, button] of Object.entries(this.buttons) as [Action, HTMLButtonElement][]) {
      button.hidden = !offered[phase].includes(action) || (none && (action === "again" || action === "prepare"));
    }
    this.buttons.again.textContent = phase === "cut" ? this.words.again_free : this.words.again;
    this.buttons.prepare.textContent = recorder.obstacle ? this.words.try_again : this.words[`turn_on_${this.kind}`];
    if (lost && active instanceof HTMLElement && active.hidden) {
      Object.values(this.buttons).find((button) => !button.hidden)?.focus();
    }
  }

  private showWarnings(): void {
    const texts = [this.warned && this.words[`warning_${this.warned}`], this.unsaved && this.words.warning_unsaved];
    const text = texts.filter(Boolean).join(" ");
    if (this.warning.textContent !== text) this.warning.textContent = text;
    this.warning.hidden = text === "";
  }

  private showTakes({ left, phase }: Shown): void {
    this.takes.hidden = left === null || on.includes(phase) || phase === "asking";
    this.takes.textContent = left === 0 ? this.words.takes_none : fill(this.words.takes_left, { left: left ?? "" });
  }

  private showTrouble({ phase, obstacle, status, stopped }: Shown): void {
    const { words } = this;
    if (obstacle) return this.explain(...this.help(obstacle));
    if (phase === "cut") return this.explain(words.cut_title, words.cut);
    if (phase === "failed") return this.explain(words.failed_title, this.failure(status?.failure ?? stopped ?? ""));
    this.trouble.hidden = true;
    this.trouble.replaceChildren();
  }

  private explain(title: string, help: string): void {
    const text = create("div", {}, create("p", { className: "banner-title" }, title), create("p", {}, help));
    this.trouble.setAttribute("role", "alert");
    this.trouble.hidden = false;
    this.trouble.replaceChildren(text);
  }

  private help(obstacle: Obstacle): [title: string, help: string] {
    const { words } = this;
    if ("refusal" in obstacle) return [words.problem_refused, obstacle.refusal.message];
    return [words[`problem_${obstacle.problem}`], words[`problem_${obstacle.problem}_help`]];
  }

  private failure(why: string): string {
    const own = (this.words as Record<string, string | undefined>)[`failed_${why}`];
    return own ?? this.words.failed;
  }

  private sentence({ phase, status, obstacle }: Shown): string {
    const { words } = this;
    switch (phase) {
      case "idle":
        return obstacle ? "" : words.off;
      case "armed":
        return words[`ready_${this.kind}`];
      case "ready":
        return status?.quiet ? words.quiet : `${words.stored} ${words.listen}`;
      case "uploading":
      case "cut":
      case "failed":
        return ""; // said elsewhere
      default:
        return words[phase];
    }
  }

  private showPlayer(source: Blob | string | null): void {
    // The recorder makes a new blob each time it is asked; the size tells.
    const same = source instanceof Blob && this.played instanceof Blob ? source.size === this.played.size : source === this.played;
    if (same) return;
    for (const old of this.listen.querySelectorAll<HTMLMediaElement>(".record-player")) discardPlayer(old);
    this.played = source;
    this.listen.hidden = source === null;
    if (source) this.listen.append(player(this.kind, source, this.words.playback));
  }
}
