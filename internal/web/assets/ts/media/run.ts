// One stream from its first second to its last: one run of a MediaRecorder.

import { makeRecorder, type Source } from "./capture";
import { Emitter } from "./emitter";
import { hold } from "./lock";
import type { Opened, Purpose } from "./protocol";
import type { Session } from "./slices";
import { lockOf, type Stop, type Uploads } from "./uploads";

const timeslice = 1_000; // ms: what a crash may cost
const most = 4 << 20; // bytes of a slice; a page that slept may be handed more at once

/** How a run came to its end. */
export type Ending = "asked" | "limit" | "device" | Stop;

/** What is recorded, and for whom. */
export interface Subject {
  owner: string;
  purpose: Purpose;
  question: number; // 0: none
}

interface Events {
  /** Seconds since the recording began, about once a second. */
  second: number;
  /** The last slice is stored. */
  ended: Ending;
}

/** Records a stream into a recording that the server has opened. Each slice is
 *  stored first and sent then. The run ends when asked, at the recording's limit, when a
 *  device goes, or when the server will not have more. */
export class Run extends Emitter<Events> {
  /** Fulfilled when the last slice is stored. */
  readonly ended: Promise<Ending>;

  private session: Session;
  private readonly recorder: MediaRecorder;
  private readonly limit: number; // seconds
  private readonly parts: Blob[] = [];
  private tail: Promise<void> = Promise.resolve(); // slices are kept in their order
  private begun = 0;
  private length = 0; // ms, once it is over
  private ending: Ending | null = null;

  constructor(
    private readonly uploads: Uploads,
    stream: MediaStream,
    source: Source,
    opened: Opened,
    subject: Subject,
  ) {
    super();
    this.limit = opened.maxSeconds > 0 ? opened.maxSeconds : Infinity;
    this.recorder = makeRecorder(stream, source);
    this.session = {
      ...subject,
      recording: opened.id,
      url: opened.url,
      number: opened.number,
      mime: this.recorder.mimeType,
      startedAt: Date.now(),
      chunks: 0,
      bytes: 0,
      ended: false,
    };
    this.recorder.ondataavailable = ({ data }) => this.take(data);
    this.recorder.onerror = () => this.stop("device");
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop("device"), { once: true });
    this.ended = new Promise((resolve) => {
      this.recorder.onstop = () => void this.close().then(resolve);
    });
  }

  /** The recording that the run fills. */
  get recording(): Session {
    return this.session;
  }

  /** Seconds recorded so far. */
  get seconds(): number {
    if (this.begun === 0) return 0;
    return (this.length || performance.now() - this.begun) / 1000;
  }

  /** Begins. The session is stored before the first slice, so that a run that comes
   *  to nothing can be given back. */
  async start(): Promise<void> {
    await this.uploads.begin(this.session);
    const release = await hold(lockOf(this.session.recording));
    try {
      this.recorder.start(timeslice);
    } catch (error) {
      release?.();
      await this.uploads.discard(this.session).catch(() => {});
      throw error;
    }
    this.begun = performance.now();
    this.attend(release);
  }

  /** Does what goes along with recording until it has ended. */
  private attend(release: (() => void) | null): void {
    const deaf = this.uploads.on("stopped", ({ session, reason }) => {
      if (session.recording === this.session.recording) this.stop(reason);
    });
    const flush = () => {
      // A phone may put the page away for good after this.
      if (document.visibilityState === "hidden" && this.recorder.state === "recording") this.recorder.requestData();
    };
    document.addEventListener("visibilitychange", flush);
    const timer = window.setInterval(() => this.tick(), 250);
    void this.ended.then((ending) => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", flush);
      deaf();
      release?.();
      this.emit("ended", ending);
    });
  }

  /** Ends the run; what was recorded is kept. */
  stop(why: Ending = "asked"): void {
    if (this.ending) return;
    this.ending = why;
    this.length = performance.now() - this.begun;
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  /** Everything recorded so far, to be listened to; nothing of what only observes. */
  blob(): Blob {
    return new Blob(this.parts, { type: this.session.mime });
  }

  /** Whether its speaker will want to hear it. What runs for hours is not held in
   *  memory. */
  private get heard(): boolean {
    return this.session.purpose === "answer" || this.session.purpose === "prompt";
  }

  private tick(): void {
    if (this.ending) return;
    this.emit("second", this.seconds);
    if (this.seconds >= this.limit) this.stop("limit");
  }

  private take(data: Blob): void {
    this.tick(); // a hidden page's timers are late, its recorder is not
    if (data.size === 0) return;
    if (this.heard) this.parts.push(data);
    this.tail = this.tail.then(async () => {
      for (let at = 0; at < data.size; at += most) await this.keep(data.slice(at, at + most));
    });
    this.tail.catch(() => this.stop("device")); // nothing can follow a slice that is lost
  }

  private async keep(slice: Blob): Promise<void> {
    const data = await slice.arrayBuffer();
    const number = this.session.chunks;
    this.session = {
      ...this.session,
      mime: this.recorder.mimeType,
      chunks: number + 1,
      bytes: this.session.bytes + data.byteLength,
    };
    await this.uploads.add(this.session, number, data);
  }

  /** The recorder has stopped, also by itself when all tracks have ended. */
  private async close(): Promise<Ending> {
    this.stop("device");
    await this.tail.catch(() => {});
    const ending = this.ending ?? "asked";
    // What becomes of words that a device has cut off is for their speaker to say.
    if (ending === "device" && this.heard) this.uploads.cut(this.session);
    else await this.uploads.end(this.session);
    return ending;
  }
}

/** Keeps and sends what is there whole, such as a photo. */
export async function deliver(uploads: Uploads, data: Blob, opened: Opened, subject: Subject): Promise<void> {
  const session: Session = {
    ...subject,
    recording: opened.id,
    url: opened.url,
    number: opened.number,
    mime: data.type,
    startedAt: Date.now(),
    chunks: 1,
    bytes: data.size,
    ended: true,
  };
  await uploads.add(session, 0, await data.arrayBuffer());
}
