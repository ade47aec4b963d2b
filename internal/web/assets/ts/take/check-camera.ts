import { openWebcam } from "../media/capture";
import { create } from "../lib/dom";
import { PictureCheck, type PictureWarning } from "../media/picture";
import type { CheckWords } from "./check";
import { DeviceTest } from "./check-device";

/** Whether the camera shows a picture. */
export class CameraCheck extends DeviceTest {
  private picture: PictureCheck | null = null;
  private warning: PictureWarning = null;
  private readonly video = create("video", { className: "record-preview", muted: true, playsInline: true, autoplay: true });

  constructor(words: CheckWords, changed: () => void) {
    super("camera", words, changed);
    this.video.setAttribute("aria-label", this.word("camera_preview"));
    this.step.stage.prepend(create("div", { className: "step-picture" }, this.video));
  }

  protected open(): Promise<MediaStream> {
    return openWebcam();
  }

  protected attend(stream: MediaStream): void {
    this.warning = null;
    this.video.srcObject = stream;
    this.picture = new PictureCheck(this.video);
    this.picture.on("warning", (warning) => {
      this.warning = warning;
      this.judge();
    });
    this.video.addEventListener("playing", () => this.judge(), { once: true });
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
    this.offer(this.step.standing === "works" ? "again" : "try_again");
  }

  protected override off(): void {
    this.picture?.close();
    this.picture = null;
    this.video.srcObject = null;
    super.off();
  }
}
