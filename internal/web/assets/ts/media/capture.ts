// Microphone, camera and screen: what to ask the browser for, and what it answers.

import { memory } from "../lib/dom";

export type Kind = "audio" | "video";

/** What a recording is made of. */
export type Source = Kind | "screen" | "webcam";

/** Why there is no stream, each with its own help. */
export type Problem = "denied" | "none" | "busy" | "unsupported" | "other";

/** There is no stream. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";

  constructor(
    readonly problem: Problem,
    cause: unknown,
  ) {
    super(`no capture: ${problem}`, { cause });
  }
}

// Chromium's VP8 costs a whole core and loses half the frames; it is for Firefox,
// which records nothing else.
const types: Record<Kind, string[]> = {
  video: [
    "video/webm;codecs=vp9,opus",
    "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
    "video/mp4",
    ...(chromium() ? [] : ["video/webm;codecs=vp8,opus"]),
  ],
  audio: ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4"],
};

/** The best type that this browser records, or null when it cannot record. */
export function chooseType(source: Source): string | null {
  if (typeof MediaRecorder === "undefined") return null;
  return types[source === "audio" ? "audio" : "video"].find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

interface KeyFrames extends MediaRecorderOptions {
  videoKeyFrameIntervalDuration: number; // not in TypeScript's library yet
}

/** Makes a recorder of a stream. Without bitrates browsers take four times as much. */
export function makeRecorder(stream: MediaStream, source: Source): MediaRecorder {
  const mimeType = chooseType(source);
  if (mimeType === null) throw new CaptureError("unsupported", null);
  const options: KeyFrames = {
    mimeType,
    audioBitsPerSecond: 32_000,
    videoBitsPerSecond: source === "video" ? 500_000 : 250_000,
    videoKeyFrameIntervalDuration: 2_000, // finer seeking; MP4 is cut into slices at key frames only
  };
  return new MediaRecorder(stream, options);
}

// A phone takes the camera away from whoever had it when it is opened again: who needs
// the one that is on gets a copy of its track.
let running: MediaStreamTrack | undefined;

/** Opens the microphone, and the camera for video, that were chosen last. Throws
 *  CaptureError. */
export async function openDevices(kind: Kind): Promise<MediaStream> {
  const shared = kind === "video" ? chosenCamera() : null;
  const stream = await capture(() =>
    navigator.mediaDevices.getUserMedia({ audio: microphone(), video: kind === "video" && !shared && camera(640, 480, 24) }),
  );
  if (shared) stream.addTrack(shared.clone());
  return stream;
}

/** Opens the camera alone. Until it is closed, openDevices shares it. Throws
 *  CaptureError. */
export async function openWebcam(): Promise<MediaStream> {
  const stream = await capture(() => navigator.mediaDevices.getUserMedia({ video: camera(640, 480, 24) }));
  running = stream.getVideoTracks()[0];
  return stream;
}

/** Opens the camera for a photo of a face, or of something held before a phone's other
 *  camera. Throws CaptureError. */
export function openForPhoto(of: "face" | "document"): Promise<MediaStream> {
  const facingMode = of === "face" ? "user" : "environment";
  return capture(() => navigator.mediaDevices.getUserMedia({ video: { ...camera(1280, 960, 24), facingMode } }));
}

/** Asks for the whole screen; needs a click. What was chosen instead is in the
 *  track's displaySurface. Throws CaptureError. */
export function openScreen(): Promise<MediaStream> {
  return capture(() =>
    navigator.mediaDevices.getDisplayMedia({ video: { displaySurface: "monitor", frameRate: { max: 5 } }, audio: false }),
  );
}

/** Reports whether this browser could share a screen. Phones cannot. */
export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** Turns devices off. */
export function close(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Tells when a track falls silent or comes back: a headset's switch, another
 *  program that wants the device. */
export function watchTracks(stream: MediaStream, muted: (muted: boolean) => void): void {
  for (const track of stream.getTracks()) {
    track.addEventListener("mute", () => muted(true));
    track.addEventListener("unmute", () => muted(false));
    if (track.muted) muted(true);
  }
}

/** Microphones or cameras. Before the first permission they have no names. */
export async function devices(kind: "audioinput" | "videoinput"): Promise<MediaDeviceInfo[]> {
  const list = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return list.filter((device) => device.kind === kind && device.deviceId !== "");
}

/** Notes a choice for this and later visits; openDevices follows it. */
export function chooseDevice(kind: "audioinput" | "videoinput", id: string): void {
  memory.set(`device ${kind}`, id);
}

/** Calls changed when devices come or go, until the function it returns is called. */
export function watchDevices(changed: () => void): () => void {
  navigator.mediaDevices?.addEventListener?.("devicechange", changed);
  return () => navigator.mediaDevices?.removeEventListener?.("devicechange", changed);
}

function microphone(): MediaTrackConstraints {
  return {
    ...chosen("audioinput"),
    channelCount: 1,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
}

/** A camera's picture, upright on a phone that is held so. */
function camera(width: number, height: number, frameRate: number): MediaTrackConstraints {
  const upright = matchMedia("(orientation: portrait) and (pointer: coarse)").matches;
  const [w, h] = upright ? [height, width] : [width, height];
  return { ...chosen("videoinput"), facingMode: "user", width: { ideal: w }, height: { ideal: h }, frameRate: { ideal: frameRate } };
}

/** The camera that is on, if it is the one that was chosen. */
function chosenCamera(): MediaStreamTrack | null {
  if (running?.readyState !== "live") return null;
  const id = memory.get("device videoinput");
  return !id || id === running.getSettings().deviceId ? running : null;
}

/** A wish, not a demand: what was chosen may be unplugged today. */
function chosen(kind: "audioinput" | "videoinput"): MediaTrackConstraints {
  const id = memory.get(`device ${kind}`);
  return id ? { deviceId: { ideal: id } } : {};
}

async function capture(ask: () => Promise<MediaStream>): Promise<MediaStream> {
  try {
    return await ask();
  } catch (error) {
    throw new CaptureError(problemOf(error), error);
  }
}

function problemOf(error: unknown): Problem {
  // Without HTTPS there is no mediaDevices at all.
  if (error instanceof TypeError) return "unsupported";
  const name = error instanceof DOMException ? error.name : "";
  return problems[name] ?? "other";
}

const problems: Record<string, Problem> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
  NotSupportedError: "unsupported",
};

interface Brands {
  userAgentData?: { brands: { brand: string }[] }; // Chromium alone has it
}

function chromium(): boolean {
  return (navigator as Navigator & Brands).userAgentData?.brands.some((b) => b.brand === "Chromium") ?? false;
}
