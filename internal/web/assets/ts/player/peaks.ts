// How loud a recording is from moment to moment.

/** Levels from 0 to 1, so many a second. */
export interface Peaks {
  levels: number[];
  perSecond: number;
}

/** What audiowaveform writes as JSON, version 2: of each point and channel the least and the greatest sample. */
interface Waveform {
  channels?: number;
  sample_rate: number;
  samples_per_pixel: number;
  bits: number;
  data: number[];
}

/** Reads a waveform; null when it is none, or of nothing. */
export function peaksOf(json: unknown): Peaks | null {
  const { channels = 1, sample_rate, samples_per_pixel, bits, data } = (json ?? {}) as Partial<Waveform>;
  const perSecond = Number(sample_rate) / Number(samples_per_pixel);
  if (!Array.isArray(data) || data.length === 0 || !(perSecond > 0 && perSecond < Infinity)) return null;
  const full = 2 ** ((bits ?? 8) - 1);
  const [each, levels] = [2 * channels, [] as number[]];
  for (let point = 0; point + each <= data.length; point += each) {
    let level = 0;
    // Samples are rounded down: the least of nothing at all may be -1.
    for (let at = point; at < point + each; at += 2) level = Math.max(level, -(data[at] ?? 0) - 1, data[at + 1] ?? 0);
    levels.push(level / full);
  }
  return { levels, perSecond };
}

/** Returns the loudest of each of so many equal parts of a recording that is so long. */
export function bars({ levels, perSecond }: Peaks, count: number, length: number): number[] {
  const part = (length * perSecond) / count;
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor(bar * part);
    const to = Math.max(from + 1, Math.floor((bar + 1) * part));
    return levels.slice(from, to).reduce((most, level) => Math.max(most, level), 0);
  });
}

/** Returns a level that this share of all levels does not exceed. */
export function quantile(levels: number[], share: number): number {
  const sorted = [...levels].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
