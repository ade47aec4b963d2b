// One take, from the first question for the microphone until the server has
// verified it. Knows nothing of what it looks like.

import { Refusal } from "./call";
import { CaptureError, chooseType, close, openDevices, type Kind, type Problem } from "./capture";
import { Emitter } from "./emitter";
import { hold } from "./lock";
import * as protocol from "./protocol";
import type { Status } from "./protocol";
import { Run, type Subject } from "./run";
import type { Session } from "./slices";
import type { Stop, Uploads } from "./uploads";

export type Phase =
  | "idle" // devices are off
  | "asking" // the browser asks its user for the devices
  | "armed" // devices are on
  | "starting" // the countdown runs
  | "recording"
  | "cut" // broken off: use what there is, or record again at no cost?
  | "uploading"
  | "checking" // the server has all of it
  | "ready" // verified
  | "failed"; // technically; not counted

/** What stands in the way of the next step. */
export type Obstacle = { problem: Problem | "elsewhere" | "offline" } | { refusal: Refusal };

export interface Setup {
  uploads: Uploads;
  kind: Kind;
  subject: Subject;
  openURL: string; // where a recording is asked for
  current: string; // the URL of the newest take there is, or empty
  left: number | null; // takes; null: no limit
  countdown: number; // seconds
}

interface Events {
  change: Phase;
  opened: protocol.Opened; // the server has reserved a take
  countdown: number; // seconds to go
  second: number; // recorded so far
}

/** Records one take after another. Its phase, and what belongs to it, may be read at
 *  any time; "change" tells of each step. */
export class Recorder extends Emitter<Events> {
  phase: Phase = "idle";
  obstacle: Obstacle | null = null;
  stream: MediaStream | null = null;
  run: Run | null = null; // the take, when this page has recorded it
  status: Status | null = null; // in ready and failed
  stopped: Stop | null = null; // in failed, when the server did not take all of it
  seconds = 0; // the longest that this take may be; 0: no limit
  left: number | null;

  private session: Session | null = null;
  private url = ""; // of the take
  private cancelled = false;
  private closed = false;
  private readonly deaf: (() => void)[];

  constructor(private readonly setup: Setup) {
    super();
    this.left = setup.left;
    const { uploads } = setup;
    this.deaf = [
      uploads.on("arrived", (session) => this.is(session) && this.phase === "uploading" && this.enter("checking")),
      uploads.on("settled", ({ session, status }) => this.is(session) && this.settle(status)),
      uploads.on("stopped", ({ session, reason }) => this.is(session) && this.giveUp(reason)),
    ];
  }

  /** Which take it is. */
  get take(): { id: string; url: string } {
    return { id: this.session?.recording ?? this.status?.id ?? "", url: this.url };
  }

  /** Takes up what an earlier page has left, or what the server has. */
  async restore(): Promise<void> {
    const { uploads, subject, current } = this.setup;
    const cut = last(await this.ours(uploads.interrupted()));
    const unsent = last(await this.ours(uploads.slices.sessions(subject.owner)));
    if (this.phase !== "idle") return;
    if (cut && cut.startedAt >= (unsent?.startedAt ?? 0)) {
      this.follow(cut, "cut");
    } else if (unsent?.ended) {
      this.follow(unsent, "uploading");
    } else if (current) {
      await this.resume(current).catch(() => {}); // the page says as much as it knows
    }
  }

  /** Turns the devices on. */
  async prepare(): Promise<void> {
    if (!["idle", "ready", "failed", "uploading", "checking"].includes(this.phase)) return;
    this.forget();
    this.enter("asking");
    try {
      if (chooseType(this.setup.kind) === null) throw new CaptureError("unsupported", null);
      this.stream = await openDevices(this.setup.kind);
    } catch (error) {
      return this.refuse(obstacleOf(error));
    }
    if (this.closed) return close(this.stream);
    this.setup.uploads.slices.persist(); // some browsers ask their user: rather now than while recording
    for (const track of this.stream.getTracks()) track.addEventListener("ended", () => this.lost(), { once: true });
    this.enter("armed");
  }

  /** Turns the devices on again, as they are chosen now. */
  async change(): Promise<void> {
    if (this.phase !== "armed") return;
    this.off();
    this.phase = "idle";
    await this.prepare();
  }

  /** Reserves a take, counts down and records. */
  async start(): Promise<void> {
    if (this.phase !== "armed" || !this.stream) return;
    const { uploads, subject, kind, openURL } = this.setup;
    const release = await hold(`${subject.purpose} ${subject.owner} ${subject.question}`);
    if (!release) return this.refuse({ problem: "elsewhere" });
    this.cancelled = false;
    this.enter("starting");
    try {
      const [opened] = await Promise.all([protocol.open(openURL, { mime: chooseType(kind) }), this.countDown()]);
      if (this.cancelled || !this.stream || !live(this.stream)) return await this.drop(opened);
      const run = new Run(uploads, this.stream, kind, opened, subject);
      this.begin(run, opened);
      this.emit("opened", opened);
      await run.start();
      this.enter("recording");
      await run.ended;
    } catch (error) {
      this.cancelled = true;
      this.refuse(obstacleOf(error));
    } finally {
      release();
    }
  }

  /** Ends the countdown; nothing is counted. */
  cancel(): void {
    this.cancelled = true;
  }

  /** Ends the recording; what was recorded is the take. */
  stop(): void {
    this.run?.stop();
  }

  /** Makes what there is of a take that was cut off the take. */
  async use(): Promise<void> {
    if (this.phase !== "cut" || !this.session) return;
    this.enter("uploading");
    await this.setup.uploads.adopt(this.session);
  }

  /** Gives back what cost nothing, and turns the devices on for another take. */
  async again(): Promise<void> {
    try {
      await this.giveBack();
    } catch (error) {
      this.obstacle = obstacleOf(error); // nothing has changed
      return this.emit("change", this.phase);
    }
    await this.prepare();
  }

  /** Ends for good; a recording in progress is kept as it is. */
  close(): void {
    this.closed = true;
    this.cancelled = true;
    this.run?.stop("device");
    this.off();
    for (const deaf of this.deaf) deaf();
  }

  private async giveBack(): Promise<void> {
    const { session, phase } = this;
    const { uploads } = this.setup;
    if (session && phase === "cut") await uploads.discard(session);
    else if (session && phase === "failed" && this.stopped) await uploads.abandon(session);
    else return;
    this.count((await protocol.status(this.url).catch(() => null))?.takesLeft);
    this.phase = "idle";
  }

  private begin(run: Run, opened: protocol.Opened): void {
    this.run = run;
    this.url = opened.url;
    this.session = run.recording;
    this.seconds = opened.maxSeconds;
    this.count(opened.takesLeft);
    run.on("second", (seconds) => this.emit("second", seconds));
    run.on("ended", (ending) => this.end(ending));
  }

  /** Notes how many takes are left, where that is limited. */
  private count(left: number | undefined): void {
    if (this.left !== null && left !== undefined) this.left = left;
  }

  private end(ending: string): void {
    this.off();
    if (this.cancelled || this.closed) return;
    this.session = this.run?.recording ?? null;
    if (this.phase === "recording") this.enter(ending === "device" ? "cut" : "uploading");
  }

  /** A take that has not begun is given back; if the server cannot be told, it will
   *  find it empty. */
  private async drop(opened: protocol.Opened): Promise<void> {
    this.off();
    this.enter("idle");
    await protocol.abandon(opened.url).catch(() => {});
  }

  private async countDown(): Promise<void> {
    for (let left = this.setup.countdown; left > 0 && !this.cancelled; left--) {
      this.emit("countdown", left);
      await new Promise((later) => setTimeout(later, 1_000));
    }
  }

  /** A device went before the countdown. */
  private lost(): void {
    if (this.phase === "armed") this.refuse({ problem: "none" });
  }

  private follow(session: Session, phase: Phase): void {
    this.session = session;
    this.url = session.url;
    this.enter(phase);
  }

  private async resume(url: string): Promise<void> {
    this.url = url;
    const status = await protocol.status(url);
    if (status.state === "open") return; // another device may be about to send it
    if (status.state === "uploaded") this.enter("checking");
    this.settle(status.state === "uploaded" ? await protocol.verdict(url) : status);
  }

  private settle(status: Status): void {
    if (!["idle", "uploading", "checking", "failed"].includes(this.phase)) return;
    this.status = status;
    this.count(status.takesLeft);
    this.enter(status.state === "ready" ? "ready" : "failed");
  }

  private giveUp(reason: Stop): void {
    this.stopped = reason;
    if (this.phase === "uploading" || this.phase === "checking" || this.phase === "recording") this.enter("failed");
  }

  private refuse(obstacle: Obstacle): void {
    this.off();
    this.obstacle = obstacle;
    this.enter("idle");
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    if (phase !== "idle") this.obstacle = null;
    if (!this.closed) this.emit("change", phase);
  }

  /** Between takes microphone and camera are off. */
  private off(): void {
    close(this.stream);
    this.stream = null;
  }

  /** The next take is another one; this one goes on being sent. */
  private forget(): void {
    this.run = this.session = this.status = this.stopped = null;
    this.url = "";
  }

  private is(session: Session): boolean {
    return session.recording === this.session?.recording;
  }

  /** Those of the newest take that the server knows of, or, if it knows none, all of
   *  this question. */
  private async ours(sessions: Promise<Session[]>): Promise<Session[]> {
    const { subject, current } = this.setup;
    const same = (s: Session) => s.purpose === subject.purpose && s.question === subject.question;
    return (await sessions).filter((s) => same(s) && (!current || s.url === current));
  }
}

function obstacleOf(error: unknown): Obstacle {
  if (error instanceof CaptureError) return { problem: error.problem };
  if (!(error instanceof Refusal)) return { problem: "other" };
  return error.status === 0 ? { problem: "offline" } : { refusal: error };
}

function live(stream: MediaStream): boolean {
  return stream.getTracks().every((track) => track.readyState === "live");
}

function last<T>(list: T[]): T | undefined {
  return list[list.length - 1];
}

