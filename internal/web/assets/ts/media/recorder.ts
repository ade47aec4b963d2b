// One take, from the first question for the microphone until the server has
// verified it. Knows nothing of what it looks like.

import { Booth, obstacleOf, type Phase } from "./booth";
import { chooseType, type Kind } from "./capture";
import { hold } from "./lock";
import * as protocol from "./protocol";
import type { Status } from "./protocol";
import { Run, type Subject } from "./run";
import type { Session } from "./slices";
import type { Stop, Uploads } from "./uploads";

export interface Setup {
  uploads: Uploads;
  kind: Kind;
  subject: Subject;
  openURL: string; // where a recording is asked for
  current: string; // the URL of the newest take there is, or empty
  left: number | null; // takes; null: no limit
  countdown: number; // seconds
}

/** Records one take after another. */
export class Recorder extends Booth {
  run: Run | null = null; // the take, when this page has recorded it
  status: Status | null = null; // in ready and failed
  stopped: Stop | null = null; // in failed, when the server did not take all of it
  seconds = 0; // the longest that this take may be; 0: no limit
  left: number | null;

  private session: Session | null = null;
  private url = ""; // of the take
  private readonly deaf: (() => void)[];

  constructor(private readonly setup: Setup) {
    super(setup.kind);
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

  override async prepare(): Promise<void> {
    await super.prepare();
    if (this.phase === "armed") this.setup.uploads.slices.persist(); // some browsers ask their user: rather now than while recording
  }

  /** Reserves a take, counts down and records. */
  async start(): Promise<void> {
    if (this.phase !== "armed" || !this.stream) return;
    const { uploads, subject, openURL, countdown } = this.setup;
    const release = await hold(`${subject.purpose} ${subject.owner} ${subject.question}`);
    if (!release) return this.refuse({ problem: "elsewhere" });
    this.cancelled = false;
    this.enter("starting");
    try {
      const [opened] = await Promise.all([protocol.open(openURL, { mime: chooseType(this.kind) }), this.countDown(countdown)]);
      if (this.cancelled || !this.stream || !live(this.stream)) return await this.drop(opened);
      const run = new Run(uploads, this.stream, this.kind, opened, subject);
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

  /** The next take is another one; this one goes on being sent. */
  protected forget(): void {
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

function live(stream: MediaStream): boolean {
  return stream.getTracks().every((track) => track.readyState === "live");
}

function last<T>(list: T[]): T | undefined {
  return list[list.length - 1];
}

