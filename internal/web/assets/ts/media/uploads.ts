// Sends what was recorded, until the server has all of it.

import { Backoff } from "./backoff";
import { Refusal } from "./call";
import { Emitter } from "./emitter";
import { held, taken } from "./lock";
import * as protocol from "./protocol";
import type { Status } from "./protocol";
import { Slices, type Session } from "./slices";

const atOnce = 2;
const page = 50; // slices that are looked up at a time
const patience = 3; // tries of what the server calls wrong, in a row: it may have been spoilt on the way

/** How far the recordings of one owner have come. */
export interface Progress {
  done: number; // slices that the server has
  total: number;
  state: "idle" | "sending" | "waiting" | "signed_out";
  live: boolean; // this page is recording: there will be more
  durable: boolean; // what is not sent yet survives the closing of the page
}

/** Why the server will not take the rest of a recording. */
export type Stop = "gone" | "expired" | "too_large" | "differs" | "incomplete" | "closed" | "refused";

interface Events {
  progress: Progress;
  /** The server has all slices and looks at them. */
  arrived: Session;
  /** The server has looked: the recording is ready, or it failed. */
  settled: { session: Session; status: Status };
  /** The server will not take the rest. What it does not have is still here. */
  stopped: { session: Session; reason: Stop };
}

/** What tabs tell each other: that there is news in the store, or an event. */
type Told = Exclude<keyof Events, "progress">;
type Message = "news" | { [K in Told]: { name: K; detail: Events[K] } }[Told];

/** A slice to send, or without a number: the end of a recording to be told. */
interface Job {
  session: Session;
  number?: number;
}

const known = new Map<string, Uploads>();
let slices: Slices | undefined;

/** The uploads of an owner, the same for everything on the page. */
export function uploadsOf(owner: string): Uploads {
  let uploads = known.get(owner);
  if (!uploads) {
    uploads = new Uploads(owner, (slices ??= new Slices()));
    known.set(owner, uploads);
  }
  return uploads;
}

/** Whose recordings are not wholly on the server. */
export function ownersOfUploads(): Promise<Set<string>> {
  return (slices ??= new Slices()).owners();
}

/** Names the lock that a recording's tab holds while it records. */
export function lockOf(recording: string): string {
  return `recording ${recording}`;
}

/** Uploads the recordings of one owner, an invite or a member's page. The store is
 *  the only list of what is to be sent: it survives a reload, and other tabs add to
 *  it. A slice leaves it when the server has said that it has it. */
export class Uploads extends Emitter<Events> {
  /** The latest news, for those who begin to listen. */
  latest: Progress = { done: 0, total: 0, state: "idle", live: false, durable: true };

  private readonly rest = new Backoff();
  private readonly channel: BroadcastChannel;
  private leading = !navigator.locks;
  private queued: AbortController | null = null;
  private signedOut = false;
  private workers = 0;
  private queue: Job[] = [];
  private filling: Promise<void> | null = null;
  private stale = true; // there may be more in the store than in the queue
  private readonly flying = new Map<Job, Promise<void>>();
  private readonly watching = new Set<string>(); // sent whole, the server looks at them
  private readonly stops = new Set<string>(); // what the server takes nothing more of
  private readonly faults = new Map<string, number>();
  private readonly live = new Set<string>(); // recorded in this tab right now

  constructor(
    readonly owner: string,
    readonly slices: Slices,
  ) {
    super();
    this.channel = new BroadcastChannel(`uploads ${owner}`);
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => this.hear(data);
    addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.lead();
    });
    addEventListener("beforeunload", (event) => {
      if (this.live.size > 0 || this.latest.done < this.latest.total) event.preventDefault();
    });
    this.lead();
    void this.tidy();
  }

  /** Makes a recording known before its first slice. */
  async begin(session: Session): Promise<void> {
    this.live.add(session.recording);
    await this.slices.put(session);
  }

  /** Stores a slice, then sends it. The session counts it already. */
  async add(session: Session, number: number, data: ArrayBuffer): Promise<void> {
    await this.slices.put(session, number, data);
    this.news();
  }

  /** Notes that a recording has all its slices. */
  async end(session: Session): Promise<void> {
    await this.slices.put({ ...session, ended: true });
    this.live.delete(session.recording);
    this.news();
  }

  /** Notes that a recording goes on no more, and that somebody has yet to say whether
   *  it has all its slices. */
  cut(session: Session): void {
    this.live.delete(session.recording);
    this.news();
  }

  /** Recordings that no tab goes on with and that have not ended: their page was
   *  closed, or crashed. */
  async interrupted(): Promise<Session[]> {
    const open = (await this.slices.sessions(this.owner)).filter((s) => !s.ended && !this.live.has(s.recording));
    const busy = await Promise.all(open.map((s) => held(lockOf(s.recording))));
    return open.filter((_, i) => !busy[i]);
  }

  /** Ends an interrupted recording with what there is of it. */
  async adopt(session: Session): Promise<void> {
    const status = await protocol.status(session.url).catch(() => null);
    const last = status?.have.length === 1 && status.have[0]?.[0] === 0 ? status.have[0][1] : -1;
    // The server has more than this browser remembers, if that was in memory only.
    const more = status && last >= session.chunks ? { chunks: last + 1, bytes: status.bytes } : {};
    await this.end({ ...session, ...more });
  }

  /** Ends all interrupted recordings with what there is of them. */
  async adoptAll(): Promise<void> {
    for (const session of await this.interrupted()) await this.adopt(session);
  }

  /** Gives a recording up at no cost. What the server does not have stays here. Throws
   *  Refusal when the server cannot be told now; then nothing has changed. */
  async abandon(session: Session): Promise<void> {
    const stopped = this.stops.has(session.recording);
    this.stops.add(session.recording);
    this.unqueue(session);
    try {
      await this.landed(session);
      await protocol.abandon(session.url);
    } catch (error) {
      // It may be over there already: then there is nothing to give up. Any other refusal leaves it as it is.
      if (!(error instanceof Refusal && ([404, 410].includes(error.status) || error.code === "finished"))) {
        if (!stopped) this.stops.delete(session.recording);
        throw error;
      }
    }
    this.live.delete(session.recording);
    this.news();
  }

  /** Does as abandon, and lets go what is here of the recording. */
  async discard(session: Session): Promise<void> {
    await this.abandon(session);
    await this.slices.forget(session.recording);
    this.news();
  }

  /** Tries again now: the network is back, or somebody has signed in. */
  retry(): void {
    this.signedOut = false;
    this.rest.cut();
    this.news();
  }

  /** Recordings that are not wholly on the server. */
  async unsent(): Promise<Session[]> {
    const sessions = await this.slices.sessions(this.owner);
    const counts = await Promise.all(sessions.map((s) => this.slices.count(s.recording)));
    return sessions.filter((_, i) => counts[i] !== 0);
  }

  // One tab sends for all: the one that was looked at last, since browsers put
  // hidden ones to sleep. Sending twice would do no harm.
  private lead(): void {
    if (this.leading) return this.wake();
    this.queued?.abort();
    if (document.visibilityState === "visible") {
      this.claim({ steal: true });
    } else {
      this.queued = new AbortController();
      this.claim({ signal: this.queued.signal });
    }
  }

  private claim(options: LockOptions): void {
    const lead = () => {
      this.leading = true;
      this.wake();
      return new Promise<void>(() => {});
    };
    const lost = (error: unknown) => {
      if (options.signal?.aborted) return;
      if (!taken(error)) return void lead(); // this browser forbids locks
      this.leading = false;
      this.queued = new AbortController();
      this.claim({ signal: this.queued.signal });
    };
    navigator.locks.request(`uploads ${this.owner}`, options, lead).catch(lost);
  }

  private hear(message: Message): void {
    if (message === "news") return this.wake();
    // The types of name and detail belong together, which is lost on the way.
    this.emit(message.name, message.detail as never);
  }

  private news(): void {
    this.channel.postMessage("news" satisfies Message);
    this.wake();
  }

  private announce<K extends Told>(name: K, detail: Events[K]): void {
    this.channel.postMessage({ name, detail });
    this.emit(name, detail);
  }

  /** Starts the senders that are missing. One that rests is not missing: what is new
   *  waits like all the rest. */
  private wake(): void {
    this.stale = true;
    this.rest.check();
    for (; this.workers < atOnce; this.workers++) void this.work();
    void this.tell();
  }

  private async work(): Promise<void> {
    do await this.rest.over();
    while ((await this.sendOne()) || (this.stale && !this.signedOut));
    this.workers--;
    void this.tell();
  }

  /** Does what is next, and returns false when there is nothing. */
  private async sendOne(): Promise<boolean> {
    if (this.signedOut) return false;
    if (this.queue.length === 0) await (this.filling ??= this.fill().finally(() => (this.filling = null)));
    const job = this.queue.shift();
    if (!job) return false;
    const flight = this.attend(job).finally(() => this.flying.delete(job));
    this.flying.set(job, flight);
    await flight;
    return true;
  }

  private async fill(): Promise<void> {
    this.stale = false;
    const jobs: Job[] = [];
    try {
      for (const session of await this.mine()) {
        const numbers = await this.slices.numbers(session.recording, page);
        for (const number of numbers) jobs.push({ session, number });
        if (numbers.length === 0 && session.ended) jobs.push({ session });
        if (jobs.length >= page) break;
      }
    } catch {
      this.stale = true; // the store could not be read: later
      this.rest.failed();
    }
    const flying = new Set([...this.flying.keys()].map(name));
    this.queue = jobs.filter((job) => !flying.has(name(job)));
  }

  /** The recordings that this tab sends, answers before evidence. */
  private async mine(): Promise<Session[]> {
    const sessions = await this.slices.sessions(this.owner);
    return sessions
      .filter((s) => !this.stops.has(s.recording) && !this.watching.has(s.recording))
      .filter((s) => this.leading || this.slices.onlyHere(s.recording))
      .sort((a, b) => Number(evidence(a)) - Number(evidence(b)));
  }

  private async attend(job: Job): Promise<void> {
    try {
      if (job.number === undefined) await this.finish(job.session);
      else await this.send(job.session, job.number);
      this.rest.succeeded();
      this.faults.delete(job.session.recording);
    } catch (error) {
      await this.refused(job.session, error);
    }
    this.channel.postMessage("news" satisfies Message);
    void this.tell();
  }

  private async send(session: Session, number: number): Promise<void> {
    const data = await this.slices.read(session.recording, number);
    if (!data) return; // another tab has sent it
    await protocol.put(session.url, number, data);
    await this.slices.drop(session.recording, number);
  }

  private async finish(session: Session): Promise<void> {
    if (session.chunks === 0) return this.discard(session); // nothing was recorded
    await protocol.finish(session.url, session.chunks, session.bytes);
    this.watch(session);
  }

  /** Decides what becomes of a recording of which something was not taken. */
  private async refused(session: Session, error: unknown): Promise<void> {
    if (this.stops.has(session.recording)) return;
    if (!(error instanceof Refusal) || error.passing) {
      this.rest.failed(error instanceof Refusal ? error.retryAfter : 0);
    } else if (error.status === 401) {
      this.signedOut = true;
    } else if (error.status === 409) {
      await this.disagree(session, error).catch((again: unknown) => this.refused(session, again));
    } else if (error.status === 400 && this.fault(session) < patience) {
      this.rest.failed();
    } else {
      this.stop(session, reasons[error.status] ?? "refused");
    }
  }

  private fault(session: Session): number {
    const count = (this.faults.get(session.recording) ?? 0) + 1;
    this.faults.set(session.recording, count);
    return count;
  }

  /** The server sees a recording in another way: asks it how. */
  private async disagree(session: Session, error: Refusal): Promise<void> {
    const status = await protocol.status(session.url);
    if (status.state === "uploaded" || status.state === "ready") return this.watch(session); // it has all
    if (status.state === "failed") {
      this.stop(session, "closed");
      this.announce("settled", { session, status });
    } else if (error.missing.length === 0) {
      this.stop(session, error.code === "over" ? "expired" : "differs");
    } else if ((await this.slices.count(session.recording)) === 0) {
      this.stop(session, "incomplete");
    }
  }

  private stop(session: Session, reason: Stop): void {
    this.stops.add(session.recording);
    this.unqueue(session);
    this.announce("stopped", { session, reason });
  }

  private unqueue(session: Session): void {
    this.queue = this.queue.filter((job) => job.session.recording !== session.recording);
  }

  /** Waits a moment for what is on its way, which would be refused. */
  private async landed(session: Session): Promise<void> {
    const flights = [...this.flying].filter(([job]) => job.session.recording === session.recording);
    const moment = new Promise((over) => setTimeout(over, 2_000));
    await Promise.race([moment, Promise.all(flights.map(([, flight]) => flight))]);
  }

  /** Waits for what the server says of a recording that it has whole. */
  private watch(session: Session): void {
    if (this.watching.has(session.recording)) return;
    this.watching.add(session.recording);
    this.unqueue(session);
    this.announce("arrived", session);
    void this.verdict(session)
      .catch((error: unknown) => this.refused(session, error))
      .finally(() => {
        this.watching.delete(session.recording);
        this.news();
      });
  }

  private async verdict(session: Session): Promise<void> {
    const status = await protocol.verdict(session.url);
    if (await this.covered(session.recording, status)) await this.slices.forget(session.recording);
    else this.stop(session, status.state === "ready" ? "incomplete" : "closed");
    this.announce("settled", { session, status });
  }

  /** Reports whether the server has all that this browser has. Somebody else may have
   *  ended the recording before it had. */
  private async covered(recording: string, { bytes }: Status): Promise<boolean> {
    if ((await this.slices.count(recording)) === 0) return true;
    const kept = (await this.slices.sessions(this.owner)).find((s) => s.recording === recording);
    return kept !== undefined && kept.bytes <= bytes;
  }

  /** Sees to what a closed page has left. Whether to use a part of an answer is for
   *  its speaker to say; evidence is what it is. */
  private async tidy(): Promise<void> {
    for (const session of await this.interrupted()) {
      if (session.chunks === 0) await this.discard(session).catch(() => {});
      else if (evidence(session)) await this.adopt(session);
    }
  }

  private async tell(): Promise<void> {
    this.latest = await this.progress().catch(() => this.latest);
    this.emit("progress", this.latest);
  }

  private async progress(): Promise<Progress> {
    let [done, total] = [0, 0];
    for (const session of await this.slices.sessions(this.owner)) {
      if (this.stops.has(session.recording)) continue;
      total += session.chunks;
      done += session.chunks - (await this.slices.count(session.recording));
    }
    const busy = this.rest.troubled ? "waiting" : "sending";
    const state = this.signedOut ? "signed_out" : done < total ? busy : "idle";
    return { done, total, state, live: this.live.size > 0, durable: this.slices.durable };
  }
}

const reasons: Record<number, Stop> = { 403: "gone", 404: "gone", 410: "expired", 413: "too_large" };

function evidence(session: Session): boolean {
  return session.purpose !== "answer" && session.purpose !== "prompt";
}

function name(job: Job): string {
  return `${job.session.recording} ${job.number ?? "end"}`;
}
