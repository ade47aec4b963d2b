// Where nothing is said, and how to get past it.

import { quantile, type Peaks } from "./peaks";

/** From one second to another. */
export interface Span {
  from: number;
  to: number;
}

const shortest = 0.7; // seconds; shorter pauses belong to speech
const after = 0.15; // seconds of a pause that are kept, for words that fade out
const before = 0.1; // and for the breath before the next one
const silent = 1 / 128; // -42 dB: the least that 8 bits tell from nothing
const hushed = 0.06; // of what is loud in the recording: the noise of a room, a fan

/** Returns the parts of a recording to skip, in order. */
export function silences(peaks: Peaks): Span[] {
  const { levels, perSecond } = peaks;
  const loud = quantile(levels, 0.95);
  const most = Math.max(silent, hushed * loud);
  if (loud <= most) return []; // there is nothing else
  const spans: Span[] = [];
  for (let from = 0; from < levels.length; from++) {
    let to = from;
    while (to < levels.length && (levels[to] ?? 0) <= most) to++;
    if ((to - from) / perSecond > shortest) spans.push(trimmed(from, to, peaks));
    from = to;
  }
  return spans;
}

function trimmed(from: number, to: number, { levels, perSecond }: Peaks): Span {
  return {
    from: from === 0 ? 0 : from / perSecond + after,
    to: to / perSecond - (to === levels.length ? 0 : before),
  };
}

/** Returns how many seconds are skipped in all. */
export function saved(spans: Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Returns where playing goes on when it is at a moment: there, or behind the span that it is in. */
export function pass(spans: Span[], at: number): number {
  return spans.find(({ from, to }) => from <= at && at < to)?.to ?? at;
}

/** Returns the moment so many seconds of what is heard after a moment, or before it. */
export function step(spans: Span[], at: number, by: number): number {
  let [left, moment] = [Math.abs(by), at];
  for (const { from, to } of by < 0 ? [...spans].reverse() : spans) {
    if (by < 0 ? from >= moment : to <= moment) continue;
    const heard = Math.max(0, by < 0 ? moment - to : from - moment);
    if (left <= heard) break;
    left -= heard;
    moment = by < 0 ? from : to;
  }
  return by < 0 ? moment - left : moment + left;
}
