// What the player says. The dashboard speaks English; the attribute words holds other
// texts as JSON. Gaps are in braces.

export const english = {
  play: "Play",
  pause: "Pause",
  back: "Back 5 seconds",
  forward: "Forward 5 seconds",
  position: "Position",
  moment: "{at} of {length}",
  volume: "Volume",
  speed: "Speed",
  speed_is: "Speed {speed}×",
  skip: "Skip silence",
  skips: "skips {time}",
  skips_none: "none found",
  skip_on: "Silence is skipped: {time}",
  skip_off: "Silence is played",
  captions: "Captions",
  fullscreen: "Full screen",
  comment: "Comment here",
  comment_at: "Comment at {at}: {text}",
  comments_at: "{count} comments from {at}: {text}",
  transcript: "Transcript",
  transcript_failed: "The transcript could not be loaded.",
  search: "Search the transcript",
  found: "{found} of {all} lines",
  loading: "Loading…",
  retry: "Try again",
  failed_gone: "This recording is not there any more.",
  failed_forbidden: "You may not play this recording.",
  failed_signed_out: "You are signed out. Sign in in another tab, then try again.",
  failed_offline: "The connection was lost. Playing goes on from {at} once it is back.",
  failed_slow: "Nothing more arrives. Check the connection, then go on from {at}.",
  failed_server: "The server could not send the recording. Try again in a moment: it goes on from {at}.",
  failed_unplayable: "This browser cannot play the recording. A current Chrome, Edge, Firefox or Safari can.",
};

export type Words = typeof english;

/** Returns what an element says: its attribute's words, and the English ones for any it lacks. */
export function wordsOf(element: HTMLElement): Words {
  try {
    return { ...english, ...(JSON.parse(element.getAttribute("words") ?? "{}") as Partial<Words>) };
  } catch {
    return english;
  }
}

/** Writes seconds as a clock does: 0:42, 1:10:05. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Writes how long something is, to the nearest second. */
export function lengthOf(seconds: number): string {
  return clock(Math.round(seconds));
}
