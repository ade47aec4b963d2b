import { CaptureError, close } from "../media/capture";
import { DeviceLists } from "../media/devices";
import { Check, type CheckWords } from "./check";

/** A test that a device is turned on for, when somebody says so. */
export abstract class DeviceTest extends Check {
  protected stream: MediaStream | null = null;
  private readonly lists: DeviceLists;

  constructor(name: "microphone" | "camera", words: CheckWords, changed: () => void) {
    super(name, words, changed);
    const labels = { microphone: this.word("microphone"), camera: this.word("camera") };
    this.lists = new DeviceLists([name === "camera" ? "videoinput" : "audioinput"], labels, () => void this.start());
    this.step.stage.append(this.lists.element);
    this.step.stage.hidden = true;
  }

  /** Turns the device on. Throws CaptureError. */
  protected abstract open(): Promise<MediaStream>;

  /** Looks, or listens, until the device is off. */
  protected abstract attend(stream: MediaStream): void;

  begin(): void {
    this.step.show("waiting", this.word(`${this.name}_intro`));
    this.step.offer([this.word(`${this.name}_start`), () => void this.start()]);
  }

  override close(): void {
    this.off();
    this.lists.close();
  }

  protected async start(): Promise<void> {
    this.off();
    this.step.show("busy", this.word("asking"));
    this.step.offer();
    try {
      this.stream = await this.open();
    } catch (error) {
      return this.fail(error);
    }
    if (!this.step.element.isConnected) return this.off();
    for (const track of this.stream.getTracks()) track.addEventListener("ended", () => this.fail(new CaptureError("none", null)), { once: true });
    this.step.stage.hidden = false;
    this.attend(this.stream);
    void this.lists.refresh();
  }

  /** Offers another try, under a name. */
  protected offer(word: "again" | "try_again"): void {
    this.step.offer([this.word(word), () => void this.start()]);
  }

  protected off(): void {
    close(this.stream);
    this.stream = null;
    this.step.stage.hidden = true;
  }

  private fail(error: unknown): void {
    this.off();
    this.refuse(error);
    this.offer("try_again");
  }
}
