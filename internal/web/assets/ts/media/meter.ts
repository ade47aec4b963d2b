// How loud it is, and what is wrong with that.

import { Emitter } from "./emitter";

export type SoundWarning = "silent" | "clipping" | null;

const every = 100; // ms
const audible = -45; // dBFS: speech is far above, a quiet room below -60
const silentAfter = 50; // readings
const thinkingAfter = 200; // readings, of somebody who was heard before and may be thinking
const full = 0.985; // of the largest sample there can be

interface Events {
  /** From 0, nothing, to 1, the loudest there is. */
  level: number;
  warning: SoundWarning;
}

/** Measures the sound of a stream ten times a second until it is closed. */
export class Meter extends Emitter<Events> {
  /** The loudest it has been, in dBFS. */
  loudest = -Infinity;

  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples: Float32Array<ArrayBuffer>;
  private readonly timer: number;
  private quiet = 0; // readings in a row
  private clipped = 0; // readings of late, fading
  private warning: SoundWarning = null;

  constructor(stream: MediaStream) {
    super();
    this.analyser.fftSize = 4096; // 85 ms at 48 kHz: little is missed between readings
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    void this.context.resume();
    this.timer = window.setInterval(() => this.read(), every);
  }

  close(): void {
    clearInterval(this.timer);
    void this.context.close();
  }

  private read(): void {
    if (this.context.state !== "running") return; // nothing is known, not even silence
    this.analyser.getFloatTimeDomainData(this.samples);
    let [sum, peak] = [0, 0];
    for (const sample of this.samples) {
      sum += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    const level = 10 * Math.log10(sum / this.samples.length + 1e-12);
    this.loudest = Math.max(this.loudest, level);
    this.emit("level", Math.min(1, Math.max(0, (level + 60) / 60)));
    this.judge(level, peak);
  }

  private judge(level: number, peak: number): void {
    this.quiet = level < audible ? this.quiet + 1 : 0;
    const patience = this.loudest < audible ? silentAfter : thinkingAfter;
    this.clipped = peak >= full ? Math.min(this.clipped + 4, 30) : Math.max(this.clipped - 1, 0);
    const warning = this.quiet >= patience ? "silent" : this.clipped >= 15 ? "clipping" : null;
    if (warning === this.warning) return;
    this.warning = warning;
    this.emit("warning", warning);
  }
}
