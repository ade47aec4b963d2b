import { create, memory } from "../lib/dom";
import { call, read, Refusal } from "../media/call";
import { once } from "../media/once";
import { type Say, sayingOf } from "./say";
import { doubt } from "./standing";

/** Leave to hear the question once. */
interface Play {
  id: string;
  url: string | null; // null: the browser reads it out, or the text stands alone
  seconds: number;
  left: number;
}

type Phase = "idle" | "loading" | "playing" | "paused";

const silence = ["take-asking", "take-starting", "take-recording"];

/**
 * <prompt-player>: plays a question, as often as the server allows. Attributes: plays
 * (where a play is asked for), kind ("audio" or "video"), left (plays), key (of what it
 * remembers), text (the id of the question's text), words.
 *
 * The file is fetched whole before it plays. A play that a lost connection or a reload
 * has broken off is reported, and given back.
 */
export class PromptPlayer extends HTMLElement {
  private say: Say = sayingOf(this);
  private left = 0;
  private media: HTMLMediaElement | null = null;
  private gone = new AbortController();
  private played = false;

  private readonly button = create("button", { type: "button", className: "btn" });
  private readonly takes = create("p", { className: "hint" });
  private readonly news = create("p", {});
  private readonly stage = create("div", { className: "play-stage" });
  private readonly bar = create("progress", { className: "progress", max: 1, value: 0, hidden: true });

  constructor() {
    super();
    this.button.addEventListener("click", () => void this.press());
  }

  connectedCallback(): void {
    this.say = sayingOf(this);
    this.left = Number(this.getAttribute("left"));
    this.news.setAttribute("role", "status");
    this.bar.setAttribute("aria-label", this.say("prompt"));
    this.replaceChildren(this.stage, this.bar, create("div", { className: "actions" }, this.button, this.takes), this.news);
    this.gone = new AbortController();
    for (const type of silence) document.addEventListener(type, () => this.hush(), { signal: this.gone.signal });
    this.enter("idle");
    void this.forgive();
  }

  disconnectedCallback(): void {
    this.gone.abort();
    this.hush();
    this.free();
  }

  private async press(): Promise<void> {
    const { phase } = this.dataset;
    if (phase === "playing") return this.hush();
    if (phase === "paused") return this.resume();
    if (phase === "idle") await this.play().catch((error: unknown) => this.failed(error));
  }

  /** Asks for a play, fetches it, plays it. */
  private async play(): Promise<void> {
    this.enter("loading");
    const play = await grant(this.getAttribute("plays") ?? "");
    this.left = play.left;
    memory.set(this.unheard, play.id);
    if (!play.url) return this.speak();
    const blob = await fetchWhole(play.url, this.gone.signal);
    this.free();
    this.media = this.player(blob);
    this.stage.replaceChildren(this.media);
    await this.media.play().then(
      () => this.enter("playing"),
      () => this.enter("paused"), // the browser wants another click
    );
  }

  private player(blob: Blob): HTMLMediaElement {
    const media = this.getAttribute("kind") === "video" ? create("video", { playsInline: true }) : create("audio");
    media.src = URL.createObjectURL(blob);
    media.addEventListener("timeupdate", () => (this.bar.value = media.currentTime / (media.duration || Infinity)));
    media.addEventListener("ended", () => this.ended());
    media.addEventListener("error", () => this.failed(new Refusal(0, "not playable")));
    return media;
  }

  /** Has the browser read the question out, if it has a voice for it. */
  private speak(): void {
    const text = document.getElementById(this.getAttribute("text") ?? "");
    const language = text?.lang ?? "";
    const voice = window.speechSynthesis?.getVoices().find((v) => v.lang.split(/[-_]/)[0] === language.split("-")[0]);
    if (!text || !voice) return this.read();
    const speech = new SpeechSynthesisUtterance(text.textContent ?? "");
    speech.voice = voice;
    speech.lang = voice.lang;
    speech.addEventListener("end", () => this.ended());
    speech.addEventListener("error", () => this.read());
    speechSynthesis.speak(speech);
    this.enter("playing");
  }

  /** There is nothing to hear: the text is shown. */
  private read(): void {
    this.ended();
    this.tell("play_silent");
    this.reveal();
  }

  private reveal(): void {
    const details = document.getElementById(this.getAttribute("text") ?? "")?.closest("details");
    if (details) details.open = true;
  }

  private ended(): void {
    memory.remove(this.unheard);
    this.played = true;
    this.enter("idle");
  }

  private async failed(error: unknown): Promise<void> {
    this.enter("idle");
    const refusal = error instanceof Refusal ? error : new Refusal(0, String(error));
    if (!refusal.passing) {
      if (refusal.code === "limit") this.left = 0;
      this.enter("idle");
      this.tell("play_refused");
      this.reveal();
      return doubt();
    }
    await this.forgive();
    this.tell("play_failed");
  }

  /** Reports a play that was broken off, so that it does not count. */
  private async forgive(): Promise<void> {
    const id = memory.get(this.unheard);
    if (!id) return;
    const given = await call("POST", `/take/plays/${id}/interrupted`).catch((error: Refusal) => error);
    if (given instanceof Refusal && given.passing) return; // the next time
    memory.remove(this.unheard);
    if (!(given instanceof Refusal)) this.left++;
    this.enter("idle");
  }

  private hush(): void {
    window.speechSynthesis?.cancel();
    if (!this.media || this.media.paused) return;
    this.media.pause();
    this.enter("paused");
  }

  private async resume(): Promise<void> {
    await this.media?.play();
    this.enter("playing");
  }

  private free(): void {
    if (this.media) URL.revokeObjectURL(this.media.src);
    this.media = null;
  }

  private enter(phase: Phase): void {
    this.dataset.phase = phase;
    const texts: Record<Phase, string> = {
      idle: this.played ? "play_again" : "play",
      loading: "play",
      playing: "play_pause",
      paused: "play_resume",
    };
    this.button.textContent = this.say(texts[phase]);
    this.button.className = this.played || this.left === 0 ? "btn" : "btn btn-primary";
    this.button.disabled = phase === "loading" || (phase === "idle" && this.left === 0);
    this.bar.hidden = phase === "idle" || phase === "loading";
    this.takes.textContent = this.left > 1 ? this.say("plays_left", { left: this.left }) : this.say(this.left === 1 ? "plays_last" : "plays_none");
    this.takes.hidden = phase !== "idle";
    this.tell(phase === "loading" ? "play_loading" : "");
  }

  private tell(key: string): void {
    this.news.textContent = key && this.say(key);
    this.news.hidden = key === "";
  }

  private get unheard(): string {
    return `play ${this.getAttribute("key") ?? ""}`;
  }
}

function grant(url: string): Promise<Play> {
  return once(url, async (key) => read<Play>(await call("POST", url, { headers: { "Idempotency-Key": key } })));
}

async function fetchWhole(url: string, signal: AbortSignal): Promise<Blob> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Refusal(answer.status, answer.statusText);
  return answer.blob();
}
