// What was noticed, on its way to the server.

import { memory } from "../lib/dom";
import { Backoff } from "../media/backoff";
import { Refusal } from "../media/call";
import { signal } from "../media/protocol";

/** A signal as the server takes it. */
export interface Signal {
  type: string;
  at: number; // Unix milliseconds, by this browser's clock
  ms: number; // how long; 0: no length
  detail: string;
}

const url = "/take/signals";
const together = 2_000; // ms: what happens within is sent at once
const atOnce = 100;
const most = 1_000; // kept; who is offline for that long is known to be

const known = new Map<string, Signals>();

/** The signals of an invite, the same for everything on the page. */
export function signalsOf(owner: string): Signals {
  let signals = known.get(owner);
  if (!signals) {
    signals = new Signals(owner);
    known.set(owner, signals);
  }
  return signals;
}

/** Keeps signals until the server has them, beyond a reload. */
export class Signals {
  private readonly rest = new Backoff();
  private timer = 0;
  private sending = false;

  constructor(private readonly owner: string) {
    addEventListener("online", () => {
      this.rest.cut();
      void this.send();
    });
    addEventListener("pagehide", () => void this.send());
    this.later();
  }

  /** Notes a signal that begins at a time, or now. */
  add(type: string, { at = Date.now(), ms = 0, detail = "" }: Partial<Signal> = {}): void {
    const list = this.kept();
    if (list.length < most) list.push({ type, at, ms: Math.round(ms), detail });
    this.keep(list);
    this.later();
  }

  /** Notes what stays true: from this browser it is told a single time. */
  once(type: string, detail = ""): void {
    const key = `told ${this.owner} ${type} ${detail}`;
    if (memory.get(key)) return;
    memory.set(key, "1");
    this.add(type, { detail });
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), together);
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let batch = this.next(); batch.length > 0; batch = this.next()) {
        await this.hand(batch);
        await this.rest.over();
      }
    } finally {
      this.sending = false;
    }
  }

  private next(): Signal[] {
    return this.kept().slice(0, atOnce);
  }

  private async hand(batch: Signal[]): Promise<void> {
    try {
      await signal(url, { now: Date.now(), signals: batch });
    } catch (error) {
      if (!(error instanceof Refusal) || error.passing) return this.rest.failed(error instanceof Refusal ? error.retryAfter : 0);
      // It will never be taken: the assessment is over, or nothing of the kind is asked.
    }
    this.rest.succeeded();
    this.keep(this.kept().slice(batch.length));
  }

  private kept(): Signal[] {
    try {
      return JSON.parse(memory.get(this.key) ?? "[]") as Signal[];
    } catch {
      return [];
    }
  }

  private keep(list: Signal[]): void {
    if (list.length === 0) memory.remove(this.key);
    else memory.set(this.key, JSON.stringify(list));
  }

  private get key(): string {
    return `signals ${this.owner}`;
  }
}
