// What a take's stream shows and sounds like while devices are on.

import { Emitter } from "./emitter";
import { Meter, type SoundWarning } from "./meter";
import { PictureCheck, type PictureWarning } from "./picture";
import { watchTracks } from "./capture";

export type Warning = Exclude<SoundWarning, null> | Exclude<PictureWarning, null> | "muted";

interface Events {
  level: number; // 0 to 1
  warning: Warning | null; // the most important of those there are
}

/** Watches a stream, and the video element that plays it, until it is closed. */
export class Senses extends Emitter<Events> {
  private readonly meter: Meter;
  private readonly picture: PictureCheck | null;
  private muted = false;
  private sound: SoundWarning = null;
  private sight: PictureWarning = null;

  constructor(stream: MediaStream, video: HTMLVideoElement | null) {
    super();
    this.meter = new Meter(stream);
    this.meter.on("level", (level) => this.emit("level", level));
    this.meter.on("warning", (warning) => this.weigh(() => (this.sound = warning)));
    this.picture = video && new PictureCheck(video);
    this.picture?.on("warning", (warning) => this.weigh(() => (this.sight = warning)));
    watchTracks(stream, (muted) => this.weigh(() => (this.muted = muted)));
  }

  close(): void {
    this.meter.close();
    this.picture?.close();
  }

  private weigh(change: () => void): void {
    change();
    this.emit("warning", this.muted ? "muted" : (this.sound ?? this.sight));
  }
}
