// What the elements for recording say. The candidate's pages give them these words in
// the candidate's language: the attribute words holds the texts of [record] in
// internal/i18n/locales as JSON, which has the same keys. Gaps are in braces.

import type { Progress } from "./uploads";

export const english = {
  turn_on_audio: "Turn on the microphone",
  turn_on_video: "Turn on camera and microphone",
  off: "Nothing is recorded until you start.",
  asking: "Your browser asks for permission. Please choose “Allow”.",
  ready_audio: "Say a few words: the bar should move. Start when you are ready.",
  ready_video: "Check your picture and say a few words: the bar should move. Start when you are ready.",
  start: "Start recording",
  cancel: "Cancel",
  starting: "Recording starts in a moment",
  recording: "Recording",
  recording_offline: "The connection is lost. Go on: recording continues and will be uploaded later.",
  stop: "Stop recording",
  time: "{time} of {most}",
  seconds_left: "{seconds} seconds left",
  microphone: "Microphone",
  camera: "Camera",
  level: "Sound level",
  preview: "Your camera picture",
  playback: "Your recording",
  listen: "Listen to it if you like, then send it.",
  again: "Record again",
  takes_left: "Recordings left: {left}",
  takes_none: "This was the last recording for this question.",
  checking: "Uploaded. It is being checked…",
  stored: "Your recording has arrived and is complete.",
  quiet: "Your recording has arrived, but hardly anything can be heard. Please listen to it.",
  cut_title: "Your recording was interrupted",
  cut: "What was recorded until then is saved. You can use it, or record again: this one then does not count.",
  use: "Use it",
  again_free: "Record again at no cost",
  failed_title: "This recording cannot be used",
  failed: "Something went wrong on the way. It does not count. Please record again.",
  failed_silent: "There is no sound in it. Check the microphone, then record again. It does not count.",
  failed_too_short: "It is shorter than a second. It does not count. Please record again.",
  failed_too_long: "It is longer than allowed. It does not count. Please record again.",
  failed_undecodable: "It is damaged. It does not count. Please record again.",
  failed_mismatched: "The sound or the picture is missing. Check microphone and camera, then record again. It does not count.",
  warning_silent: "We hear nothing. Is the right microphone chosen, and is it switched on?",
  warning_clipping: "It is too loud. Please move away from the microphone a little.",
  warning_muted: "The microphone is muted. Switch it on again, at the headset for example.",
  warning_dark: "The picture is very dark. Is the lens covered? More light from the front helps.",
  warning_frozen: "The picture does not move. Check the camera.",
  warning_unsaved: "This browser cannot keep the recording on this device. Please leave the page open until all is uploaded.",
  problem_denied: "The browser may not use the microphone or camera",
  problem_denied_help: "Click the sign beside the page’s address, allow microphone and camera, then try again. On a phone the permission may be in the settings of the browser.",
  problem_none: "No microphone or camera was found",
  problem_none_help: "Plug it in or switch it on, then try again. If you have none here, open your link on another device, such as a phone.",
  problem_busy: "Another program uses the microphone or camera",
  problem_busy_help: "Close video calls and other pages that use it, then try again.",
  problem_unsupported: "This browser cannot record",
  problem_unsupported_help: "Open your link in a current version of Chrome, Edge, Firefox or Safari.",
  problem_other: "The microphone or camera cannot be started",
  problem_other_help: "Try again. If it happens again, restart the browser or open your link on another device.",
  problem_elsewhere: "You are recording in another tab",
  problem_elsewhere_help: "Go on there, or close that tab and try again.",
  problem_offline: "There is no connection",
  problem_offline_help: "A recording can begin once you are online again. What you have recorded is safe.",
  problem_refused: "The recording could not begin",
  try_again: "Try again",
  saved: "All recordings are uploaded.",
  keeping_up: "Uploading while you record.",
  sending: "Saved on this device, uploading {done} of {total}",
  sending_unsaved: "Uploading {done} of {total}. Please leave this page open.",
  waiting: "No connection. Saved on this device, uploaded so far: {done} of {total}",
  waiting_unsaved: "No connection. Please leave this page open. Uploaded so far: {done} of {total}",
  signed_out: "To go on uploading, please open the link in your mail again. Your recordings are saved on this device.",
  stopped_title: "A recording could not be uploaded",
  stopped: "You can save it as a file and send that to whoever invited you.",
  long: "It has not worked for a while. To be safe you can save what is left as a file and send that to whoever invited you.",
  retry: "Try now",
  rescue: "Save as a file",
};

export type Words = typeof english;

/** Returns what an element says: its attribute's words, and these for any it lacks. */
export function wordsOf(element: HTMLElement, otherwise: Words = english): Words {
  try {
    return { ...otherwise, ...(JSON.parse(element.getAttribute("words") ?? "{}") as Partial<Words>) };
  } catch {
    return otherwise;
  }
}

/** Says how far the uploads have come. */
export function told({ done, total, state, durable }: Progress, words: Words): string {
  const gaps = { done, total };
  if (state === "idle") return words.saved;
  if (state === "signed_out") return words.signed_out;
  if (state === "waiting") return fill(durable ? words.waiting : words.waiting_unsaved, gaps);
  return fill(durable ? words.sending : words.sending_unsaved, gaps);
}

/** Fills the gaps of a text. */
export function fill(text: string, gaps: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(gaps[name] ?? gap));
}

/** Writes seconds as a clock does: 1:05. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
