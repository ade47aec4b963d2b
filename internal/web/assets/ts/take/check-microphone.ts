import { openDevices } from "../media/capture";
import { LevelBar } from "../media/level";
import { Meter } from "../media/meter";
import type { CheckWords } from "./check";
import { DeviceTest } from "./check-device";

// Levels are those of the meter: 0 is -60 dBFS, 1 is full scale. Speech near a
// microphone is above -40 dBFS, a quiet room and a bad one's own noise below.
const speech = 1 / 3;
const enough = 5; // readings of speech, half a second
const patience = 80; // readings, eight seconds
const nothing = -70; // dBFS: not even noise

/** Whether the microphone hears somebody speak. */
export class MicrophoneCheck extends DeviceTest {
  private meter: Meter | null = null;
  private readonly bar: LevelBar;
  private loud = 0;
  private readings = 0;

  constructor(words: CheckWords, changed: () => void) {
    super("microphone", words, changed);
    this.bar = new LevelBar(this.word("level"));
    this.step.stage.prepend(this.bar.element);
  }

  protected open(): Promise<MediaStream> {
    return openDevices("audio");
  }

  protected attend(stream: MediaStream): void {
    [this.loud, this.readings] = [0, 0];
    this.meter = new Meter(stream);
    this.meter.on("level", (level) => this.hear(level));
    this.step.show("busy", this.word("microphone_say"));
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
    this.offer("again");
  }

  /** Says that it hears too little; it goes on listening. */
  private complain(): void {
    const silent = (this.meter?.loudest ?? -Infinity) < nothing;
    this.step.show("fails", this.word("microphone_say"));
    this.step.explain(this.help(silent ? "microphone_silent" : "microphone_quiet"));
    this.offer("try_again");
  }

  protected override off(): void {
    this.meter?.close();
    this.meter = null;
    super.off();
  }
}
