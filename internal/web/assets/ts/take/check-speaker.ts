import { Check, type CheckWords } from "./check";

const tones = [440, 660]; // Hz
const each = 0.6; // s

/** Whether the person hears anything. Only they can tell. */
export class SpeakerCheck extends Check {
  constructor(words: CheckWords, changed: () => void) {
    super("speaker", words, changed);
  }

  begin(): void {
    this.step.show("waiting", this.word("speaker_intro"));
    this.step.offer([this.word("speaker_play"), () => void this.play()]);
  }

  private async play(): Promise<void> {
    this.step.show("busy", this.word("speaker_playing"));
    await ring().catch(() => {}); // no sound: the answer will be no
    if (!this.step.element.isConnected) return;
    this.step.show("busy", this.word("speaker_ask"));
    this.step.offer(
      [this.word("yes"), () => this.heard()],
      [this.word("no"), () => this.missed()],
      [this.word("speaker_again"), () => void this.play()],
    );
  }

  private heard(): void {
    this.step.show("works", this.word("speaker_works"));
    this.step.offer([this.word("again"), () => void this.play()]);
  }

  private missed(): void {
    this.step.show("fails", "");
    this.step.explain(this.help("speaker_missed"));
    this.step.offer([this.word("try_again"), () => void this.play()]);
  }
}

/** Plays two soft tones. */
async function ring(): Promise<void> {
  const context = new AudioContext();
  try {
    await context.resume();
    for (const [i, frequency] of tones.entries()) tone(context, frequency, context.currentTime + i * each);
    await new Promise((later) => setTimeout(later, tones.length * each * 1000 + 100));
  } finally {
    await context.close();
  }
}

function tone(context: AudioContext, frequency: number, at: number): void {
  const oscillator = new OscillatorNode(context, { frequency });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.3, at + 0.05);
  gain.gain.setValueAtTime(0.3, at + each - 0.15);
  gain.gain.linearRampToValueAtTime(0, at + each);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + each);
}
