import { CaptureError, close, openWebcam } from "../media/capture";
import { create } from "../lib/dom";
import { DeviceLists } from "../media/devices";
import { PictureCheck, type PictureWarning } from "../media/picture";
import { Check, type CheckWords } from "./check";

/** Whether the camera shows a picture. */
export class CameraCheck extends Check {
  private stream: MediaStream | null = null;
  private picture: PictureCheck | null = null;
  private warning: PictureWarning = null;
  private readonly video = create("video", { className: "record-preview", muted: true, playsInline: true, autoplay: true });
  private readonly frame = create("div", { className: "step-picture" }, this.video);
  private readonly lists: DeviceLists;

  constructor(words: CheckWords, changed: () => void) {
    super("camera", words, changed);
    this.video.setAttribute("aria-label", this.word("camera_preview"));
    this.lists = new DeviceLists(["videoinput"], { microphone: this.word("microphone"), camera: this.word("camera") }, () => void this.start());
    this.step.stage.append(this.frame, this.lists.element);
    this.step.stage.hidden = true;
  }

  begin(): void {
    this.step.show("waiting", this.word("camera_intro"));
    this.step.offer([this.word("camera_start"), () => void this.start()]);
  }

  override close(): void {
    this.off();
    this.lists.close();
  }

  private async start(): Promise<void> {
    this.off();
    this.step.show("busy", this.word("asking"));
    this.step.offer();
    try {
      this.stream = await openWebcam();
    } catch (error) {
      this.refuse(error);
      return this.step.offer([this.word("try_again"), () => void this.start()]);
    }
    if (!this.step.element.isConnected) return this.off();
    this.watch(this.stream);
  }

  private watch(stream: MediaStream): void {
    this.warning = null;
    this.video.srcObject = stream;
    this.step.stage.hidden = false;
    this.picture = new PictureCheck(this.video);
    this.picture.on("warning", (warning) => {
      this.warning = warning;
      this.judge();
    });
    this.video.addEventListener("playing", () => this.judge(), { once: true });
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.lost(), { once: true });
    void this.lists.refresh();
  }

  private judge(): void {
    if (!this.stream) return;
    if (this.warning) {
      this.step.show("fails", "");
      this.step.explain(this.help(`camera_${this.warning}`));
    } else {
      this.step.show("works", this.word("camera_works"));
    }
    this.step.offer([this.word("camera_stop"), () => this.stop()]);
  }

  /** Turns the camera off; what it showed still holds. */
  private stop(): void {
    this.off();
    if (this.step.standing === "works") this.step.show("works", this.word("camera_off"));
    this.step.offer([this.word(this.step.standing === "works" ? "again" : "try_again"), () => void this.start()]);
  }

  private lost(): void {
    this.off();
    this.refuse(new CaptureError("none", null));
    this.step.offer([this.word("try_again"), () => void this.start()]);
  }

  private off(): void {
    this.picture?.close();
    close(this.stream);
    this.video.srcObject = null;
    this.picture = this.stream = null;
    this.step.stage.hidden = true;
  }
}
