import { create } from "../lib/dom";
import { fill } from "../media/words";
import { type Actions, Controls } from "./controls";
import { Deck } from "./deck";
import { obey, type Player } from "./keys";
import { type Comment, commentsOf } from "./marks";
import { type Peaks, peaksOf } from "./peaks";
import { Seekbar } from "./seekbar";
import { pass, saved, silences, type Span, step } from "./silence";
import { nextSpeed, prefer, taste } from "./taste";
import { linesOf, Transcript } from "./transcript";
import { Trouble } from "./trouble";
import { english, lengthOf, type Words, wordsOf } from "./words";

const nearEnough = 0.15; // seconds; a shorter rest of silence is not worth a leap

/** What the player is made of, once it has something to play. */
interface Parts {
  deck: Deck;
  controls: Controls;
  seekbar: Seekbar;
  transcript: Transcript;
  trouble: Trouble;
  said: HTMLElement;
}

/**
 * <answer-player>: plays the audio or video that it holds, and what belongs to it. Attributes,
 * read again when they change: waveform (address of its points), length (seconds, known before
 * the file is), comments (JSON), commentable. And words (JSON).
 *
 * Events, which bubble: "player-moment" with {at}, milliseconds, when somebody wants to comment
 * on the present moment; "player-comment" with {id} when they go to a comment; "player-ended".
 */
export class AnswerPlayer extends HTMLElement implements Actions, Player {
  static readonly observedAttributes = ["waveform", "length", "comments", "commentable"];

  /** The one that plays: another that begins to stops it. */
  private static playing: AnswerPlayer | null = null;

  private parts: Parts | null = null;
  private words: Words = english;
  private gone = new AbortController();
  private comments: Comment[] = [];
  private peaks: Peaks | null = null;
  private spans: Span[] = [];
  private drawn = ""; // address of the waveform that is shown
  private near = false; // near enough to being seen
  private frame = 0;

  connectedCallback(): void {
    const media = this.querySelector<HTMLMediaElement>("audio, video");
    if (!media) return;
    this.parts ??= this.build(media);
    this.gone = new AbortController();
    this.listen(this.parts, this.gone.signal);
    this.await(this.gone.signal);
    this.read();
  }

  disconnectedCallback(): void {
    this.gone.abort();
    if (AnswerPlayer.playing === this) AnswerPlayer.playing = null;
    if (!this.peaks) this.drawn = ""; // they may be on their way, in vain
  }

  attributeChangedCallback(): void {
    this.read();
  }

  /** The second that playing is at. */
  get seconds(): number {
    return this.parts?.deck.seconds ?? 0;
  }

  /** How long the recording is, in seconds. */
  get length(): number {
    const duration = this.parts?.deck.media.duration ?? NaN;
    return Number.isFinite(duration) && duration > 0 ? duration : Number(this.getAttribute("length")) || 0;
  }

  get speed(): number {
    return taste().speed;
  }

  set speed(speed: number) {
    this.prefer({ speed });
    this.say(fill(this.words.speed_is, { speed }));
  }

  /** From 0 to 1. */
  get volume(): number {
    return taste().volume;
  }

  set volume(volume: number) {
    this.prefer({ volume });
  }

  get skipSilence(): boolean {
    return taste().skip;
  }

  set skipSilence(skip: boolean) {
    this.prefer({ skip });
    this.say(skip ? fill(this.words.skip_on, { time: lengthOf(saved(this.spans)) }) : this.words.skip_off);
  }

  /** Over the picture. */
  get captions(): boolean {
    return taste().captions;
  }

  set captions(captions: boolean) {
    this.prefer({ captions });
  }

  /** Plays, or pauses. */
  toggle(): void {
    const { deck } = this.parts ?? {};
    if (deck?.wanted && !deck.trouble) deck.pause();
    else deck?.play();
  }

  play(): void {
    this.parts?.deck.play();
  }

  pause(): void {
    this.parts?.deck.pause();
  }

  /** Goes to a second. */
  seek(second: number): void {
    this.parts?.deck.seek(Math.min(this.length, Math.max(0, second)));
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
    if (this.hasAttribute("commentable")) this.tell("player-moment", { at: Math.round(this.seconds * 1000) });
  }

  /** Loads so much that it plays at once; false when it cannot. */
  async ready(): Promise<boolean> {
    return (await this.parts?.deck.ready()) ?? false;
  }

  fullscreen(): void {
    const { media } = this.parts?.deck ?? {};
    if (!(media instanceof HTMLVideoElement)) return;
    media.controls = true; // the browser's own: ours are not in sight
    media.requestFullscreen().catch(() => (media.controls = false));
  }

  private build(media: HTMLMediaElement): Parts {
    const words = (this.words = wordsOf(this));
    const seek = (second: number) => this.seek(second);
    const deck = new Deck(media);
    const controls = new Controls(words, this);
    const seekbar = new Seekbar(words, seek, ({ id }) => this.tell("player-comment", { id }));
    const transcript = new Transcript(words, seek);
    const trouble = new Trouble(words, () => {
      controls.focus(); // the button goes away
      deck.play();
    });
    const said = create("p", { className: "sr-only" });
    said.setAttribute("role", "status");
    media.controls = false;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", media.getAttribute("aria-label") ?? "");
    this.append(trouble.element, seekbar.element, controls.element, said, transcript.element);
    this.addEventListener("keydown", (event) => obey(this, event));
    deck.on("change", () => this.show());
    deck.on("began", () => this.began());
    deck.on("ended", () => this.tell("player-ended", {}));
    deck.on("busy", (busy) => this.wait(busy));
    return { deck, controls, seekbar, transcript, trouble, said };
  }

  private listen({ deck, seekbar }: Parts, signal: AbortSignal): void {
    const { media } = deck;
    deck.open(signal);
    seekbar.open(signal);
    if (!(media instanceof HTMLVideoElement)) return;
    media.addEventListener("click", () => media.controls || this.toggle(), { signal });
    document.addEventListener("fullscreenchange", () => (media.controls = document.fullscreenElement === media), { signal });
  }

  /** Reads the attributes. */
  private read(): void {
    if (!this.parts) return;
    const picture = this.parts.deck.media instanceof HTMLVideoElement;
    this.comments = commentsOf(this.getAttribute("comments"));
    this.parts.controls.offer({ picture, captions: this.track !== null, comments: this.hasAttribute("commentable") });
    void this.draw();
    this.show();
  }

  /** Fetches what is drawn and read once the player is about to be seen. */
  private await(signal: AbortSignal): void {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        this.near = true;
        this.transcribe(signal);
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
    this.follow();
  }

  /** Shows each frame where playing is. */
  private follow(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.show();
      if (this.isConnected && this.parts?.deck.media.paused === false) this.follow();
    });
  }

  /** Leaps over silence. */
  private leap({ media }: Deck): void {
    if (!this.skipSilence || media.paused || media.seeking || media.error) return;
    const on = pass(this.spans, media.currentTime);
    if (on - media.currentTime > nearEnough) media.currentTime = on;
  }

  private show(): void {
    if (!this.parts) return;
    const { deck, controls, seekbar, transcript, trouble } = this.parts;
    const { length, comments, spans } = this;
    this.leap(deck);
    const at = Math.min(deck.seconds, length);
    const playing = deck.wanted && !deck.trouble;
    controls.show({ playing, at, length, saved: this.peaks ? saved(spans) : NaN });
    seekbar.show({ at, length, comments, skipped: this.skipSilence ? spans : [] });
    transcript.follow(at);
    trouble.show(deck.trouble, at);
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
    this.parts?.seekbar.load(peaks);
    this.show();
  }

  private get track(): HTMLTrackElement | null {
    return this.querySelector("track");
  }

  /** Has the browser fetch the captions, and lists them. */
  private transcribe(signal: AbortSignal): void {
    const { track } = this;
    const { transcript } = this.parts ?? {};
    if (!track || !transcript) return;
    const load = () => {
      transcript.load(linesOf(track.track), track.srclang);
      this.show();
    };
    track.addEventListener("load", load, { signal });
    track.addEventListener("error", () => transcript.fail(), { signal });
    track.track.mode = this.captions ? "showing" : "hidden"; // which fetches it
    if (track.readyState === HTMLTrackElement.LOADED) load();
    if (track.readyState === HTMLTrackElement.ERROR) transcript.fail();
  }

  private prefer(change: Parameters<typeof prefer>[0]): void {
    prefer(change);
    this.parts?.deck.suit();
    if (this.near && this.track) this.track.track.mode = this.captions ? "showing" : "hidden";
    this.show();
  }

  private wait(busy: boolean): void {
    this.toggleAttribute("busy", busy);
    if (busy) this.say(this.words.loading);
  }

  private say(text: string): void {
    if (this.parts) this.parts.said.textContent = text;
  }

  private tell(type: string, detail: object): void {
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
