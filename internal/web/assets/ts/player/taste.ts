// How a person likes to listen. It is kept while the tab lives, from answer to answer.

/** The speeds on offer. */
export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

export interface Taste {
  speed: number;
  volume: number; // from 0 to 1
  skip: boolean; // silence
  captions: boolean; // over the picture
  transcript: boolean; // open
}

const key = "player";
const usual: Taste = { speed: 1, volume: 1, skip: false, captions: false, transcript: true };

export function taste(): Taste {
  try {
    return { ...usual, ...(JSON.parse(sessionStorage.getItem(key) ?? "{}") as Partial<Taste>) };
  } catch {
    return usual;
  }
}

/** Keeps a change; where nothing can be kept, the next answer begins as usual. */
export function prefer(change: Partial<Taste>): void {
  try {
    sessionStorage.setItem(key, JSON.stringify({ ...taste(), ...change }));
  } catch {
    // Storage is absent, full or forbidden.
  }
}

/** Returns the speed next to one: the next higher, or the next lower. */
export function nextSpeed(speed: number, faster: boolean): number {
  const next = faster ? speeds.find((s) => s > speed) : [...speeds].reverse().find((s) => s < speed);
  return next ?? speed;
}
