import { create } from "../lib/dom";
import { countdown } from "./clock";
import { type Say, sayingOf } from "./say";

const warned = 15; // seconds before recording starts

/** What a recorder is to this element. */
interface Recorder extends HTMLElement {
  prepare(): Promise<void>;
  start(): Promise<void>;
}

/**
 * <take-preparation>: counts down the time to prepare, and then has the recorder start
 * by itself. Attributes: until and now (Unix milliseconds, by the server's clock),
 * recorder (the id of the recorder), words.
 *
 * It starts nothing for somebody who comes too late to be warned.
 */
export class Preparation extends HTMLElement {
  private say: Say = sayingOf(this);
  private end = 0; // by this device's clock
  private timer = 0;
  private ready = false; // the devices have been asked for
  private gone = new AbortController();

  private readonly time = create("strong", {});
  private readonly news = create("p", {});

  connectedCallback(): void {
    this.say = sayingOf(this);
    this.end = Number(this.getAttribute("until")) - Number(this.getAttribute("now")) + Date.now();
    this.time.setAttribute("role", "timer");
    this.news.setAttribute("role", "status");
    this.replaceChildren(this.time, this.news);
    this.gone = new AbortController();
    document.addEventListener("take-starting", () => this.finish(), { signal: this.gone.signal });
    if (this.left() <= 0) return this.over();
    this.timer = window.setInterval(() => this.tick(), 250);
    this.tick();
  }

  disconnectedCallback(): void {
    this.finish();
  }

  private left(): number {
    return Math.ceil((this.end - Date.now()) / 1000);
  }

  private tick(): void {
    const left = this.left();
    this.time.textContent = this.say("prepare", { time: countdown(Math.max(0, left)) });
    // Devices that listen do not go with a question that is played.
    if (left <= warned || !document.querySelector("prompt-player")) this.arm();
    if (left <= warned) this.news.textContent ||= this.say("prepare_soon");
    if (left > 0) return;
    clearInterval(this.timer);
    if (this.recorder?.dataset.phase === "armed") void this.recorder.start();
    else this.over();
  }

  private arm(): void {
    if (this.ready || this.recorder?.dataset.phase !== "idle") return;
    this.ready = true;
    void this.recorder.prepare();
  }

  private over(): void {
    this.time.hidden = true;
    this.news.textContent = this.say("prepare_over");
  }

  /** Recording has begun, or the page is left. */
  private finish(): void {
    clearInterval(this.timer);
    this.gone.abort();
    this.hidden = true;
  }

  private get recorder(): Recorder | null {
    return document.getElementById(this.getAttribute("recorder") ?? "") as Recorder | null;
  }
}
