import { create } from "../lib/dom";
import { fill } from "../media/words";
import { type Actions, Controls } from "./controls";
import { obey, type Player } from "./keys";
import { type Comment, commentsOf } from "./marks";
import { type Peaks, peaksOf } from "./peaks";
import { Seekbar } from "./seekbar";
import { pass, saved, silences, type Span, step } from "./silence";
import { nextSpeed, prefer, taste } from "./taste";
import { linesOf, Transcript } from "./transcript";
import { causeOf, Trouble } from "./trouble";
import { lengthOf, type Words, wordsOf } from "./words";

const nearEnough = 0.15; // seconds; a shorter rest of silence is not worth a leap
const slowAfter = 10_000; // ms without anything arriving
const shortly = 300; // ms that loading may take without a word

/**
 * <answer-player>: plays the audio or video that it holds, and what belongs to it. Attributes,
 * read again when they change: waveform (address of its points), length (seconds, known before
 * the file is), comments (JSON), commentable, words (JSON).
 *
 * Events, which bubble: "player-moment" with {at}, milliseconds, when somebody wants to comment
 * on the present moment; "player-comment" with {id} when they go to a comment; "player-ended".
 */
export class AnswerPlayer extends HTMLElement implements Actions, Player {
  static readonly observedAttributes = ["waveform", "length", "comments", "commentable"];

  /** The one that plays: another that begins to stops it. */
  private static playing: AnswerPlayer | null = null;

  private media: HTMLMediaElement | null = null;
  private words!: Words;
  private controls!: Controls;
  private seekbar!: Seekbar;
  private transcript!: Transcript;
  private trouble!: Trouble;
  private readonly said = create("p", { className: "sr-only" });

  private gone = new AbortController();
  private comments: Comment[] = [];
  private peaks: Peaks | null = null;
  private spans: Span[] = [];
  private drawn = ""; // address of the waveform that is shown
  private near = false; // near enough to being seen
  private wanted = false; // to be playing
  private reached = 0; // the last second that is known to have been reached
  private frame = 0;
  private slow = 0; // timers
  private busy = 0;

  connectedCallback(): void {
    const media = this.querySelector<HTMLMediaElement>("audio, video");
    if (!media) return;
    if (!this.media) this.build(media);
    this.gone = new AbortController();
    this.listen(media, this.gone.signal);
    this.seekbar.open();
    this.await(this.gone.signal);
    this.read();
  }

  disconnectedCallback(): void {
    if (!this.media) return;
    this.gone.abort();
    this.seekbar.close();
    this.pause();
    this.rest();
    if (AnswerPlayer.playing === this) AnswerPlayer.playing = null;
    if (!this.peaks) this.drawn = ""; // they may be on their way, in vain
  }

  attributeChangedCallback(): void {
    if (this.media) this.read();
  }

  /** The second that playing is at. */
  get seconds(): number {
    return this.media?.currentTime ?? 0;
  }

  /** How long the recording is, in seconds. */
  get length(): number {
    const { duration } = this.media ?? { duration: NaN };
    return Number.isFinite(duration) && duration > 0 ? duration : Number(this.getAttribute("length")) || 0;
  }

  get speed(): number {
    return taste().speed;
  }

  set speed(speed: number) {
    prefer({ speed });
    this.apply();
    this.say(fill(this.words.speed_is, { speed }));
  }

  get volume(): number {
    return taste().volume;
  }

  set volume(volume: number) {
    prefer({ volume });
    this.apply();
  }

  get skipSilence(): boolean {
    return taste().skip;
  }

  set skipSilence(skip: boolean) {
    prefer({ skip });
    this.tick();
    this.say(skip ? fill(this.words.skip_on, { time: lengthOf(saved(this.spans)) }) : this.words.skip_off);
  }

  get captions(): boolean {
    return taste().captions;
  }

  set captions(captions: boolean) {
    prefer({ captions });
    this.apply();
  }

  /** Plays, or pauses. */
  toggle(): void {
    if (this.wanted) this.pause();
    else this.play();
  }

  play(): void {
    const { media } = this;
    if (!media) return;
    if (this.trouble.cause) return this.retry(true);
    this.wanted = true;
    this.apply();
    media.play().catch((error: unknown) => {
      // What keeps it from playing comes as an event of its own; this is a browser that wants another press.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.pause();
    });
    this.show();
  }

  pause(): void {
    this.wanted = false;
    this.media?.pause();
  }

  /** Goes to a second. */
  seek(second: number): void {
    if (!this.media) return;
    this.reached = Math.min(this.length, Math.max(0, second));
    if (this.media.preload === "none") this.media.preload = "metadata";
    this.media.currentTime = this.reached;
    this.show();
  }

  /** Goes so many seconds on, or back. Silence that is skipped does not count. */
  nudge(seconds: number): void {
    this.seek(step(this.skipSilence ? this.spans : [], this.seconds, seconds));
  }

  faster(): void {
    this.speed = nextSpeed(this.speed, true);
  }

  slower(): void {
    this.speed = nextSpeed(this.speed, false);
  }

  /** Asks the page for a comment on the present moment. */
  comment(): void {
    if (this.hasAttribute("commentable")) this.emit("player-moment", { at: Math.round(this.seconds * 1000) });
  }

  /** Loads so much that it plays at once; false when it cannot. */
  ready(): Promise<boolean> {
    const { media } = this;
    if (!media) return Promise.resolve(false);
    media.preload = "auto";
    if (media.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) return Promise.resolve(true);
    if (media.error) return Promise.resolve(false);
    return new Promise((resolve) => {
      media.addEventListener("canplay", () => resolve(true), { once: true });
      media.addEventListener("error", () => resolve(false), { once: true });
    });
  }

  fullscreen(): void {
    const { media } = this;
    if (!(media instanceof HTMLVideoElement)) return;
    media.controls = true; // the browser's own: ours are not in sight
    media.requestFullscreen().catch(() => (media.controls = false));
  }

  private build(media: HTMLMediaElement): void {
    this.media = media;
    this.words = wordsOf(this);
    const seek = (second: number) => this.seek(second);
    this.controls = new Controls(this.words, this);
    this.seekbar = new Seekbar(this.words, seek, ({ id }) => this.emit("player-comment", { id }));
    this.transcript = new Transcript(this.words, seek);
    this.trouble = new Trouble(this.words, () => this.retry(true));
    this.said.setAttribute("role", "status");
    media.controls = false;
    const label = media.getAttribute("aria-label");
    this.setAttribute("role", "group");
    if (label) this.setAttribute("aria-label", label);
    this.append(this.trouble.element, this.seekbar.element, this.controls.element, this.said, this.transcript.element);
    this.addEventListener("keydown", (event) => obey(this, event));
  }

  /** Reads the attributes. */
  private read(): void {
    this.comments = commentsOf(this.getAttribute("comments"));
    const picture = this.media instanceof HTMLVideoElement;
    this.controls.offer({ picture, captions: this.track !== null, comments: this.hasAttribute("commentable") });
    void this.draw();
    this.show();
  }

  private listen(media: HTMLMediaElement, signal: AbortSignal): void {
    const on = (types: string, act: () => void) => {
      for (const type of types.split(" ")) media.addEventListener(type, act, { signal });
    };
    on("play", () => this.began());
    on("pause", () => this.stopped());
    on("ended", () => this.ended());
    on("playing timeupdate", () => this.tick());
    on("seeking seeked durationchange loadedmetadata emptied", () => this.show());
    on("waiting stalled", () => this.wait());
    on("playing canplay seeked pause", () => this.rest());
    on("progress", () => this.slow && this.wait());
    on("error", () => void this.failed());
    on("click", () => media instanceof HTMLVideoElement && !media.controls && this.toggle());
    document.addEventListener("fullscreenchange", () => (media.controls = document.fullscreenElement === media), { signal });
    addEventListener("online", () => this.trouble.cause === "offline" && this.retry(this.wanted), { signal });
  }

  /** Fetches what is drawn and read once the player is about to be seen. */
  private await(signal: AbortSignal): void {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        this.near = true;
        this.openTrack(signal);
        void this.draw();
      },
      { rootMargin: "400px" },
    );
    watch.observe(this);
    signal.addEventListener("abort", () => watch.disconnect());
  }

  private began(): void {
    if (AnswerPlayer.playing !== this) AnswerPlayer.playing?.pause();
    AnswerPlayer.playing = this;
    this.wanted = true;
    this.apply();
    this.follow();
  }

  private stopped(): void {
    if (!this.media?.ended && !this.trouble.cause) this.wanted = false;
    this.show();
  }

  private ended(): void {
    this.wanted = false;
    this.show();
    this.emit("player-ended", {});
  }

  /** Shows each frame where playing is. */
  private follow(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.tick();
      if (this.media?.paused === false && this.isConnected) this.follow();
    });
  }

  /** Leaps over silence, and shows where playing is. */
  private tick(): void {
    const { media } = this;
    if (media && !media.seeking && !media.error) {
      this.reached = media.currentTime;
      const on = this.skipSilence && !media.paused ? pass(this.spans, this.reached) : 0;
      if (on - this.reached > nearEnough) media.currentTime = on;
    }
    this.show();
  }

  private show(): void {
    const { length, comments } = this;
    const at = this.trouble.cause ? this.reached : Math.min(this.seconds, length);
    this.dataset.state = this.wanted ? "playing" : "paused";
    this.controls.show({ playing: this.wanted, at, length, saved: this.peaks ? saved(this.spans) : NaN });
    this.seekbar.show({ at, length, comments, skipped: this.skipSilence ? this.spans : [] });
    this.transcript.follow(at);
  }

  /** Plays as the person likes it. */
  private apply(): void {
    const { media, track } = this;
    if (!media) return;
    const { speed, volume, captions } = taste();
    media.preservesPitch = true;
    media.defaultPlaybackRate = media.playbackRate = speed;
    media.volume = volume;
    if (track && track.track.mode !== "disabled") track.track.mode = captions ? "showing" : "hidden";
    this.show();
  }

  /** Draws the waveform. Without it there is a plain bar: playing does not depend on it. */
  private async draw(): Promise<void> {
    const url = this.getAttribute("waveform") ?? "";
    if (!this.near || url === this.drawn) return;
    this.drawn = url;
    const peaks = url === "" ? null : await fetchPeaks(url, this.gone.signal);
    if (url !== this.drawn) return;
    this.peaks = peaks;
    this.spans = peaks ? silences(peaks) : [];
    this.seekbar.load(peaks);
    this.show();
  }

  private get track(): HTMLTrackElement | null {
    return this.querySelector("track");
  }

  private openTrack(signal: AbortSignal): void {
    const { track } = this;
    if (!track) return;
    const load = () => {
      this.transcript.load(linesOf(track.track), track.srclang);
      this.show();
    };
    track.addEventListener("load", load, { signal });
    track.addEventListener("error", () => this.transcript.fail(), { signal });
    track.track.mode = this.captions ? "showing" : "hidden"; // which fetches it
    if (track.readyState === HTMLTrackElement.LOADED) load();
  }

  /** Says so when loading takes a while, and that it is in vain when nothing arrives. */
  private wait(): void {
    if (!this.wanted || this.trouble.cause) return;
    this.rest();
    this.busy = window.setTimeout(() => {
      this.toggleAttribute("busy", true);
      this.say(this.words.loading);
    }, shortly);
    this.slow = window.setTimeout(() => this.tell(navigator.onLine ? "slow" : "offline"), slowAfter);
  }

  private rest(): void {
    clearTimeout(this.busy);
    clearTimeout(this.slow);
    this.busy = this.slow = 0;
    this.toggleAttribute("busy", false);
  }

  private async failed(): Promise<void> {
    const { media } = this;
    if (!media) return;
    this.rest();
    const cause = await causeOf(media);
    if (media.error) this.tell(cause);
  }

  private tell(cause: NonNullable<Trouble["cause"]>): void {
    this.rest();
    this.trouble.tell(cause, this.reached);
    this.show();
  }

  /** Loads the file anew, and goes on from the second that was reached. */
  private retry(play: boolean): void {
    const { media, reached } = this;
    if (!media) return;
    if (this.trouble.clear()) this.controls.focus();
    media.load();
    media.currentTime = reached;
    if (play) this.play();
  }

  private say(text: string): void {
    this.said.textContent = text;
  }

  private emit(type: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}

async function fetchPeaks(url: string, signal: AbortSignal): Promise<Peaks | null> {
  try {
    const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
    return answer.ok ? peaksOf(await answer.json()) : null;
  } catch {
    return null;
  }
}
