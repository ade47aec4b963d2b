import { create } from "../lib/dom";
import { Refusal } from "../media/call";
import { CaptureError, close, openForPhoto } from "../media/capture";
import { open, type Purpose, type Status } from "../media/protocol";
import { deliver } from "../media/run";
import type { Session } from "../media/slices";
import type { Uploads } from "../media/uploads";
import { deviceHelp, type CheckWords } from "./check";
import { flaw, jpeg, snapshot } from "./photo";
import type { Signals } from "./signals";
import { Step } from "./step";

/** What a photo shows. */
export type Motif = "document" | "face";

/** What a photo needs to be taken and sent. */
export interface Setup {
  uploads: Uploads;
  signals: Signals;
  openURL: string;
  words: CheckWords;
}

/** One photo: taken, looked at, and sent when its subject is content with it. */
export class PhotoStep {
  readonly step: Step;
  readonly purpose: Purpose;
  /** Whether a photo is kept in this browser and goes on its way by itself. */
  sending = false;

  private stream: MediaStream | null = null;
  private recording = ""; // of the photo that is on its way
  private arrived = false; // one has, this or an earlier one
  private readonly video = create("video", { className: "record-preview", muted: true, playsInline: true, autoplay: true });
  private readonly still = create("canvas", { className: "step-still", hidden: true });
  private readonly deaf: (() => void)[];

  constructor(
    private readonly motif: Motif,
    private readonly setup: Setup,
    changed: () => void,
  ) {
    this.purpose = `identity_${motif}`;
    const { waiting = "", busy = "", works = "", fails = "" } = setup.words;
    this.step = new Step(this.word(motif), { waiting, busy, works, limited: "", fails }, changed);
    this.video.setAttribute("aria-label", this.word("camera_preview"));
    this.still.setAttribute("role", "img");
    this.still.setAttribute("aria-label", this.word("still"));
    const picture = create("div", { className: "step-picture" }, this.video, this.still);
    picture.dataset.motif = motif;
    this.step.stage.append(picture);
    this.step.stage.hidden = true;
    const { uploads } = setup;
    this.deaf = [
      uploads.on("settled", ({ session, status }) => session.recording === this.recording && this.settle(status)),
      uploads.on("stopped", ({ session }) => session.recording === this.recording && this.fail("failed", this.word("failed_help"))),
      uploads.on("progress", ({ state }) => this.wait(state === "waiting")),
    ];
  }

  /** Shows itself. A photo may have arrived before, or be on its way since. */
  async begin(arrived: boolean): Promise<void> {
    this.step.show("waiting", this.word(`${this.motif}_intro`));
    this.offerCamera("turn_on");
    if (arrived) this.arrive();
    const kept = await this.setup.uploads.slices.sessions(this.setup.uploads.owner);
    const sent = kept.filter((session) => session.purpose === this.purpose).pop();
    if (sent && !this.stream) this.follow(sent);
  }

  close(): void {
    this.off();
    for (const deaf of this.deaf) deaf();
  }

  private async start(): Promise<void> {
    this.step.show("busy", this.word("asking"));
    this.step.offer();
    try {
      this.stream = await openForPhoto(this.motif);
    } catch (error) {
      return this.refuse(error instanceof CaptureError ? error.problem : "other");
    }
    if (!this.step.element.isConnected) return this.off();
    for (const track of this.stream.getTracks()) track.addEventListener("ended", () => this.refuse("none"), { once: true });
    this.aim();
  }

  private refuse(problem: string): void {
    this.off();
    this.step.show("fails", "");
    this.step.explain(deviceHelp(this.setup.words, "camera", problem));
    this.offerCamera("try_again");
    this.setup.signals.once(problem === "denied" ? "camera_refused" : "camera_unsupported", problem === "denied" ? "" : problem);
  }

  /** Shows what the camera sees, once it sees anything. */
  private aim(): void {
    this.video.hidden = this.step.stage.hidden = false;
    this.still.hidden = true;
    if (this.video.srcObject !== this.stream) {
      this.video.srcObject = this.stream;
      this.video.addEventListener("playing", () => this.stream && this.aim(), { once: true });
      return;
    }
    this.step.show("busy", this.word(`${this.motif}_aim`));
    this.step.offer([this.word("shoot"), () => this.shoot()], [this.word("off"), () => this.stop()]);
  }

  private shoot(): void {
    snapshot(this.video, this.still);
    this.video.hidden = true;
    this.still.hidden = false;
    const hint = flaw(this.still);
    this.step.show("busy", [hint && this.word(hint), this.word(`${this.motif}_judge`)].filter(Boolean).join(" "));
    this.step.offer([this.word("use"), () => void this.send()], [this.word("retake"), () => this.aim()]);
  }

  private stop(): void {
    this.off();
    void this.begin(this.arrived);
  }

  private async send(): Promise<void> {
    const { openURL, uploads } = this.setup;
    this.step.offer();
    try {
      const photo = await jpeg(this.still);
      const opened = await open(openURL, { purpose: this.purpose, mime: photo.type });
      this.recording = opened.id;
      await deliver(uploads, photo, opened, { owner: uploads.owner, purpose: this.purpose, question: 0 });
    } catch (error) {
      return this.unsent(error);
    }
    this.off();
    this.sending = true;
    this.wait(uploads.latest.state === "waiting");
  }

  /** The photo is still here: the same button sends it later. */
  private unsent(error: unknown): void {
    const offline = error instanceof Refusal && error.passing;
    this.step.show("fails", "");
    const todo = offline ? this.word("offline_help") : error instanceof Refusal ? error.message : this.word("failed_help");
    this.step.explain({ title: this.word(offline ? "offline" : "refused"), todo: [todo] });
    this.step.offer([this.word("use"), () => void this.send()], [this.word("retake"), () => this.aim()]);
  }

  private follow(session: Session): void {
    this.recording = session.recording;
    this.sending = true;
    this.wait(false);
    this.step.offer();
  }

  private wait(waiting: boolean): void {
    if (this.sending) this.step.show("busy", this.word(waiting ? "waiting_net" : "sending"));
  }

  private settle(status: Status): void {
    if (status.state === "ready") this.arrive();
    else this.fail("failed", this.word("failed_help"));
  }

  private arrive(): void {
    this.arrived = true;
    this.sending = false;
    this.step.show("works", this.word("arrived"));
    this.offerCamera("anew");
  }

  private fail(name: string, todo: string): void {
    this.sending = false;
    this.step.show("fails", "");
    this.step.explain({ title: this.word(name), todo: [todo] });
    this.offerCamera("anew");
  }

  private offerCamera(name: string): void {
    this.step.offer([this.word(name), () => void this.start()]);
  }

  private off(): void {
    close(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    this.step.stage.hidden = true;
  }

  private word(name: string): string {
    return this.setup.words[name] ?? "";
  }
}
