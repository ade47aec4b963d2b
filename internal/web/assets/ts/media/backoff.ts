const first = 1_000;
const most = 10_000; // somebody may be waiting

/** A pause that all who send share: while one rests, all rest. It grows with each
 *  failure in a row, and chance keeps many pages from coming back at once. */
export class Backoff {
  private delay = first;
  private until = 0;
  private timer = 0;
  private waiting: (() => void)[] = [];

  /** Whether there was a failure since the last success. */
  get troubled(): boolean {
    return this.until > 0;
  }

  /** Notes a failure. Failures of what was sent together count once. */
  failed(atLeast = 0): void {
    const now = Date.now();
    if (now < this.until) return;
    const pause = Math.max(atLeast, this.delay * (0.5 + Math.random() / 2));
    this.until = now + pause;
    this.delay = Math.min(this.delay * 2, most);
    this.check();
  }

  succeeded(): void {
    this.delay = first;
    this.until = 0;
    this.check();
  }

  /** Ends the pause at once: something has changed. */
  cut(): void {
    this.delay = first;
    if (this.until > 0) this.until = 1;
    this.check();
  }

  /** Ends the pause when its time has come. Timers of a hidden page are late. */
  check(): void {
    clearTimeout(this.timer);
    const left = this.until - Date.now();
    if (left > 0) {
      this.timer = window.setTimeout(() => this.check(), left);
      return;
    }
    for (const go of this.waiting.splice(0)) go();
  }

  /** Waits for the end of the pause. */
  async over(): Promise<void> {
    while (Date.now() < this.until) await new Promise<void>((go) => this.waiting.push(go));
  }
}
