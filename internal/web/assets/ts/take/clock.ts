import { create } from "../lib/dom";
import { showTimes } from "../lib/time";
import { type Say, sayingOf } from "./say";
import { onStanding } from "./standing";
import { visit } from "./visit";

const warnings = [600, 300, 60]; // seconds left
const shown = 30_000; // ms that a warning stays
const hours = 12; // more than that is no countdown

/**
 * <take-clock>: how much time is left. Attributes: until and now (Unix milliseconds, by
 * the server's clock), words. What it holds, the deadline, follows.
 */
export class TakeClock extends HTMLElement {
  static observedAttributes = ["until", "now"];

  private say: Say = sayingOf(this);
  private until = 0;
  private ahead = 0; // of this device's clock, the server's, in ms
  private gone = new AbortController();
  private timer = 0;
  private last = Infinity;
  private hush = 0;

  private readonly time = create("strong", {});
  private readonly warning = create("p", { className: "take-warning", hidden: true });

  connectedCallback(): void {
    this.say = sayingOf(this);
    this.time.setAttribute("role", "timer");
    this.warning.setAttribute("role", "status");
    this.append(this.time, this.warning);
    this.gone = new AbortController();
    onStanding(({ now, completeBy }) => this.set(completeBy ?? 0, now), this.gone.signal);
    this.timer = window.setInterval(() => this.tick(), 1_000);
    this.tick();
  }

  disconnectedCallback(): void {
    this.gone.abort();
    clearInterval(this.timer);
  }

  attributeChangedCallback(): void {
    this.set(Number(this.getAttribute("until")), Number(this.getAttribute("now")));
  }

  private set(until: number, now: number): void {
    this.until = until;
    this.ahead = now - Date.now();
    const deadline = this.querySelector("time");
    if (deadline && until > 0) deadline.dateTime = new Date(until).toISOString();
    showTimes(this);
    if (this.isConnected) this.tick();
  }

  private tick(): void {
    if (this.until === 0) return void (this.hidden = true);
    const left = Math.max(0, Math.ceil((this.until - Date.now() - this.ahead) / 1000));
    this.hidden = false;
    this.time.hidden = left > hours * 3600;
    this.time.textContent = this.say("time_left", { time: countdown(left) });
    this.dataset.late = String(left <= 300);
    const due = warnings.find((w) => left <= w && this.last > w && left > w - 20);
    if (due !== undefined) this.warn(this.say(`warn_${due}`));
    if (left === 0 && this.last > 0) void this.end();
    this.last = left;
  }

  private warn(text: string): void {
    this.warning.textContent = text;
    this.warning.hidden = false;
    clearTimeout(this.hush);
    this.hush = window.setTimeout(() => (this.warning.hidden = true), shown);
  }

  /** The time is over: what is being recorded ends, and counts. */
  private async end(): Promise<void> {
    this.warn(this.say("time_over"));
    const recorders = document.querySelectorAll<HTMLElement & { stop(): void }>("take-recorder[data-phase=recording]");
    for (const recorder of recorders) recorder.stop();
    await new Promise((later) => setTimeout(later, recorders.length > 0 ? 3_000 : 1_000));
    visit({ url: "/take" });
  }
}

/** Writes seconds as 1:05:00, or 4:05 within the hour. */
export function countdown(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
