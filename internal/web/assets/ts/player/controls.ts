import { create } from "../lib/dom";
import { fill } from "../media/words";
import { icon, type Icon } from "./icon";
import { speeds } from "./taste";
import { clock, lengthOf, type Words } from "./words";

/** What a person can do by the buttons. */
export interface Actions {
  toggle(): void;
  nudge(seconds: number): void;
  comment(): void;
  fullscreen(): void;
  speed: number;
  volume: number; // from 0 to 1
  skipSilence: boolean;
  captions: boolean;
}

/** What the buttons show. */
export interface Shown {
  playing: boolean;
  at: number; // seconds
  length: number;
  saved: number; // seconds of silence; NaN while they are not known
}

/** The row of buttons under the wave. */
export class Controls {
  readonly element = create("div", { className: "player-controls" });

  private readonly play: HTMLButtonElement;
  private readonly time = create("span", { className: "player-time" });
  private readonly volume = create("input", { type: "range", className: "player-volume", min: "0", max: "1", step: "0.05" });
  private readonly speed = create("select", { className: "select player-speed" });
  private readonly skip = create("button", { type: "button", className: "btn btn-sm btn-ghost player-skip", hidden: true });
  private readonly skips = create("span", { className: "player-skips" });
  private readonly captions: HTMLButtonElement;
  private readonly fullscreen: HTMLButtonElement;
  private readonly comment: HTMLButtonElement;
  private chosen = ""; // what is shown of the choices

  constructor(
    private readonly words: Words,
    private readonly actions: Actions,
  ) {
    this.play = this.button("play", words.play, () => actions.toggle());
    this.play.className = "btn btn-primary btn-square player-play";
    const back = this.button("back", words.back, () => actions.nudge(-5));
    const forward = this.button("forward", words.forward, () => actions.nudge(5));
    back.append("5");
    forward.prepend("5");
    this.captions = this.button("captions", words.captions, () => (actions.captions = !actions.captions));
    this.fullscreen = this.button("fullscreen", words.fullscreen, () => actions.fullscreen());
    this.comment = create("button", { type: "button", className: "btn btn-sm player-comment", hidden: true }, icon("comment"), words.comment);
    this.comment.addEventListener("click", () => actions.comment());
    this.captions.hidden = this.fullscreen.hidden = true;
    this.makeChoices();
    this.element.append(this.play, back, forward, this.time, this.volume, this.speed, this.captions, this.fullscreen, this.skip, this.comment);
  }

  /** Offers what this recording has. */
  offer(has: { picture: boolean; captions: boolean; comments: boolean }): void {
    this.captions.hidden = !has.picture || !has.captions;
    this.fullscreen.hidden = !has.picture;
    this.comment.hidden = !has.comments;
  }

  show({ playing, at, length, saved }: Shown): void {
    this.time.textContent = `${clock(at)} / ${lengthOf(length)}`;
    const label = playing ? this.words.pause : this.words.play;
    if (this.play.ariaLabel !== label) {
      this.play.setAttribute("aria-label", label);
      this.play.title = label;
      this.play.replaceChildren(icon(playing ? "pause" : "play"));
    }
    this.showChoices(saved);
  }

  /** Puts the focus on the button that plays. */
  focus(): void {
    this.play.focus();
  }

  private showChoices(saved: number): void {
    const { speed, volume, captions, skipSilence } = this.actions;
    const chosen = [speed, volume, captions, skipSilence, saved].join();
    if (chosen === this.chosen) return; // a list that is open stays as it is
    this.chosen = chosen;
    this.speed.value = String(speed);
    this.volume.value = String(volume);
    this.captions.setAttribute("aria-pressed", String(captions));
    this.skip.setAttribute("aria-pressed", String(skipSilence));
    this.skip.hidden = Number.isNaN(saved);
    this.skips.textContent = saved > 0 ? fill(this.words.skips, { time: lengthOf(saved) }) : this.words.skips_none;
  }

  private makeChoices(): void {
    const { actions, words } = this;
    this.volume.setAttribute("aria-label", words.volume);
    this.volume.addEventListener("input", () => (actions.volume = this.volume.valueAsNumber));
    this.speed.setAttribute("aria-label", words.speed);
    this.speed.append(...speeds.map((speed) => create("option", { value: String(speed) }, `${speed}×`)));
    this.speed.addEventListener("change", () => (actions.speed = Number(this.speed.value)));
    this.skip.append(words.skip, " ", this.skips);
    this.skip.addEventListener("click", () => (actions.skipSilence = !actions.skipSilence));
  }

  private button(drawing: Icon, label: string, act: () => void): HTMLButtonElement {
    const button = create("button", { type: "button", className: "btn btn-sm btn-ghost", title: label }, icon(drawing));
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  }
}
