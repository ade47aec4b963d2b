import { CaptureError, close, openDevices } from "../media/capture";
import { DeviceLists } from "../media/devices";
import { LevelBar } from "../media/level";
import { Meter } from "../media/meter";
import { Check, type CheckWords } from "./check";

// Levels are those of the meter: 0 is -60 dBFS, 1 is full scale. Speech near a
// microphone is above -40 dBFS, a quiet room and a bad one's own noise below.
const speech = 1 / 3;
const enough = 5; // readings of speech, half a second
const patience = 80; // readings, eight seconds
const nothing = -70; // dBFS: not even noise

/** Whether the microphone hears somebody speak. */
export class MicrophoneCheck extends Check {
  private stream: MediaStream | null = null;
  private meter: Meter | null = null;
  private readonly bar: LevelBar;
  private readonly lists: DeviceLists;
  private loud = 0;
  private readings = 0;

  constructor(words: CheckWords, changed: () => void) {
    super("microphone", words, changed);
    this.bar = new LevelBar(this.word("level"));
    this.lists = new DeviceLists(["audioinput"], { microphone: this.word("microphone"), camera: this.word("camera") }, () => void this.start());
    this.step.stage.append(this.bar.element, this.lists.element);
    this.step.stage.hidden = true;
  }

  begin(): void {
    this.step.show("waiting", this.word("microphone_intro"));
    this.step.offer([this.word("microphone_start"), () => void this.start()]);
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
      this.stream = await openDevices("audio");
    } catch (error) {
      this.refuse(error);
      return this.step.offer([this.word("try_again"), () => void this.start()]);
    }
    if (!this.step.element.isConnected) return this.off();
    this.listen(this.stream);
  }

  private listen(stream: MediaStream): void {
    [this.loud, this.readings] = [0, 0];
    this.meter = new Meter(stream);
    this.meter.on("level", (level) => this.hear(level));
    this.step.stage.hidden = false;
    this.step.show("busy", this.word("microphone_say"));
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.lost(), { once: true });
    void this.lists.refresh();
  }

  private hear(level: number): void {
    this.bar.show(level);
    this.readings++;
    if (level >= speech) this.loud++;
    if (this.loud >= enough) return this.pass();
    if (this.readings === patience) this.complain();
  }

  private pass(): void {
    this.off();
    this.step.show("works", this.word("microphone_works"));
    this.step.offer([this.word("again"), () => void this.start()]);
  }

  /** Says that it hears too little; it goes on listening. */
  private complain(): void {
    const silent = (this.meter?.loudest ?? -Infinity) < nothing;
    this.step.show("fails", this.word("microphone_say"));
    this.step.explain(this.help(silent ? "microphone_silent" : "microphone_quiet"));
    this.step.offer([this.word("try_again"), () => void this.start()]);
  }

  private lost(): void {
    this.off();
    this.refuse(new CaptureError("none", null));
    this.step.offer([this.word("try_again"), () => void this.start()]);
  }

  private off(): void {
    this.meter?.close();
    close(this.stream);
    this.meter = this.stream = null;
    this.step.stage.hidden = true;
  }
}
