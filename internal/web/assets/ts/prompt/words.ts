// What members read where prompts are made. The dashboard speaks English.

import { english, type Words } from "../media/words";

/** What the recorder says to somebody who asks a question, not to one who answers it. */
export const recorderWords: Words = {
  ...english,
  stored: "The recording has arrived and is complete.",
  quiet: "The recording has arrived, but hardly anything can be heard. Please listen to it.",
  listen: "Listen to it, or record again.",
  cut_title: "The recording was interrupted",
  cut: "What was recorded until then is saved. You can use it, or record again.",
  again_free: "Record again",
  failed: "Something went wrong on the way. Please record again.",
  failed_silent: "There is no sound in it. Check the microphone, then record again.",
  failed_too_short: "It is shorter than a second. Please record again.",
  failed_too_long: "It is longer than allowed. Please record again.",
  failed_undecodable: "It is damaged. Please record again.",
  failed_mismatched: "The sound or the picture is missing. Check microphone and camera, then record again.",
  problem_none_help: "Plug it in or switch it on, then try again. You can also upload a file that was recorded elsewhere.",
  problem_unsupported_help: "Use a current version of Chrome, Edge, Firefox or Safari, or upload a file.",
  problem_other_help: "Try again. If it happens again, restart the browser, or upload a file.",
  signed_out: "You are signed out. Sign in in another tab, then reload this page: the recording is saved on this device.",
};

/** What the place around it says. */
export const words = {
  record_audio: "Record audio",
  record_video: "Record video",
  record_again: "Record again",
  upload: "Upload a file",
  remove: "Remove",
  undo: "Undo",
  close: "Close the recorder",
  cancel: "Cancel the upload",
  recorded: "The recording is in place.",
  removed: "Recording removed.",
  replaced: "Recording replaced.",
  restored: "The recording before is back.",
  uploading: "Uploading {name}: {percent} %",
  cancelled: "The upload was cancelled.",
  checking: "Arrived. It is being checked…",
  lost: "The recording is not there any more.",
  incomplete: "The recording has not arrived whole. Record or upload it again.",
  signed_out: "You are signed out. Sign in in another tab, then choose the file again.",
  too_large: "A file may have 500 MB at most. This one has {size} MB.",
  nothing: "The file is empty.",
  no_picture: "This question is asked by video, and the file is only sound. Choose a film, or have the question asked by audio.",
  failed: "It cannot be used. Try another file.",
  failed_empty: "Nothing has arrived. Try again.",
  failed_too_short: "It is shorter than a second. Try another one.",
  failed_mismatched: "The sound or the picture is missing. Try another one.",
  failed_undecodable: "It cannot be read as sound or video. Try another format, such as MP3, WAV, MP4 or MOV.",
  failed_undecodable_here: "It cannot be read. This server takes only WebM and MP4 files, since ffmpeg is not installed on it.",
};

/** Says why the server cannot use a recording. */
export function failureOf(failure: string, converts: boolean): string {
  if (failure === "undecodable" && !converts) return words.failed_undecodable_here;
  return (words as Record<string, string | undefined>)[`failed_${failure}`] ?? words.failed;
}
