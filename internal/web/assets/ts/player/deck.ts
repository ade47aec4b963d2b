import { Emitter } from "../media/emitter";
import { taste } from "./taste";
import { type Cause, causeOf } from "./trouble";

const slowAfter = 6000; // ms without anything arriving
const shortly = 300; // ms that loading may take without a word
const again = 3000; // ms until a server that does not answer is asked again

interface Events {
  /** Something is other than before. */
  change: null;
  began: null;
  ended: null;
  /** Whether one waits for more to arrive. */
  busy: boolean;
}

/** What plays: a media element that tells what is wrong with it, and goes on from where it was. */
export class Deck extends Emitter<Events> {
  /** Somebody wants it to play, though it may still be loading. */
  wanted = false;
  /** Why it does not play. */
  trouble: Cause | null = null;

  private reached = 0; // the last second that it is known to have been at
  private busy = 0; // timers
  private slow = 0;

  constructor(readonly media: HTMLMediaElement) {
    super();
  }

  /** The second that it is at. */
  get seconds(): number {
    return this.trouble ? this.reached : this.media.currentTime;
  }

  /** Follows the element until a signal. */
  open(signal: AbortSignal): void {
    const on = (types: string, act: () => void) => {
      for (const type of types.split(" ")) this.media.addEventListener(type, act, { signal });
    };
    on("play", () => this.begin());
    on("playing", () => (this.trouble = null)); // it has come right by itself
    on("pause", () => this.stop());
    on("ended", () => this.end());
    on("timeupdate playing seeking seeked durationchange emptied", () => this.note());
    on("waiting", () => this.wait());
    on("progress", () => this.slow && this.watch());
    on("playing canplay seeked pause", () => this.rest());
    on("error", () => void this.fail());
    addEventListener("online", () => this.trouble === "offline" && this.retry(), { signal });
    signal.addEventListener("abort", () => {
      this.pause();
      this.rest();
    });
  }

  play(): void {
    this.wanted = true;
    if (this.trouble) return this.retry();
    this.suit();
    this.media.play().catch((error: unknown) => {
      // What keeps it from playing comes as an event of its own; this is a browser that wants another press.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.pause();
    });
    this.emit("change", null);
  }

  pause(): void {
    this.wanted = false;
    this.media.pause();
  }

  seek(second: number): void {
    this.reached = second;
    if (this.media.preload === "none") this.media.preload = "metadata";
    this.media.currentTime = second;
    this.emit("change", null);
  }

  /** Loads so much that it plays at once; false when it cannot. */
  ready(): Promise<boolean> {
    const { media } = this;
    media.preload = "auto";
    if (media.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) return Promise.resolve(true);
    if (media.error) return Promise.resolve(false);
    return new Promise((resolve) => {
      media.addEventListener("canplay", () => resolve(true), { once: true });
      media.addEventListener("error", () => resolve(false), { once: true });
    });
  }

  /** Plays as the person likes it. */
  suit(): void {
    const { speed, volume } = taste();
    this.media.preservesPitch = true;
    this.media.defaultPlaybackRate = this.media.playbackRate = speed;
    this.media.volume = volume;
  }

  /** Loads the file anew, and goes on from the second that was reached. */
  retry(): void {
    this.rest();
    this.trouble = null;
    this.media.load();
    this.media.currentTime = this.reached;
    if (this.wanted) this.play();
    else this.emit("change", null);
  }

  private begin(): void {
    this.wanted = true;
    this.suit();
    this.emit("began", null);
    this.emit("change", null);
  }

  /** A pause that nobody has asked for, as one that breaks off, does not end the wish to play. */
  private stop(): void {
    if (!this.media.error && !this.trouble) this.wanted = false;
    this.emit("change", null);
  }

  private end(): void {
    this.wanted = false;
    this.emit("change", null);
    this.emit("ended", null);
  }

  private note(): void {
    const { media } = this;
    if (!media.error && media.readyState >= HTMLMediaElement.HAVE_METADATA) this.reached = media.currentTime;
    this.emit("change", null);
  }

  /** Says so when loading takes a while. */
  private wait(): void {
    if (!this.wanted || this.trouble) return;
    this.busy ||= window.setTimeout(() => this.emit("busy", true), shortly);
    this.watch();
  }

  /** Asks why when nothing arrives. */
  private watch(): void {
    clearTimeout(this.slow);
    this.slow = window.setTimeout(() => void this.ask(), slowAfter);
  }

  private async ask(): Promise<void> {
    const asked = this.slow;
    const cause = await causeOf(this.media);
    if (this.slow === asked) this.tell(cause === "unplayable" ? "slow" : cause);
  }

  private rest(): void {
    clearTimeout(this.busy);
    clearTimeout(this.slow);
    this.busy = this.slow = 0;
    this.emit("busy", false);
  }

  private async fail(): Promise<void> {
    this.rest();
    const cause = await causeOf(this.media);
    if (this.media.error) this.tell(cause);
  }

  private tell(cause: Cause): void {
    this.rest();
    this.trouble = cause;
    this.emit("change", null);
    if (cause === "offline") this.slow = window.setTimeout(() => void this.askAgain(), again);
  }

  private async askAgain(): Promise<void> {
    const cause = await causeOf(this.media);
    if (this.trouble !== "offline") return; // somebody was quicker
    if (cause === "offline") this.tell(cause);
    else this.retry();
  }
}
