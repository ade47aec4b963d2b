// The words that are spoken with the server about one recording.

import { call, carrying, read, Refusal, type Range } from "./call";
import { once } from "./once";

export type Purpose = "answer" | "prompt" | "screen" | "webcam" | "identity_document" | "identity_face";

/** A recording that the server is ready to take. */
export interface Opened {
  id: string;
  url: string;
  number: number; // of the take, from 1
  maxSeconds: number; // 0: no limit
  takesLeft?: number; // absent: no limit
}

/** What the server knows of a recording. */
export interface Status {
  id: string;
  state: "open" | "uploaded" | "ready" | "failed";
  failure: string; // why it failed: "interrupted", "silent", …
  have: Range[]; // the slices it has
  bytes: number;
  seconds: number;
  quiet: boolean; // almost nothing can be heard
  takesLeft?: number;
  media?: string; // when ready
}

/** Asks for a new recording. */
export function open(url: string, body: object): Promise<Opened> {
  return once(`${url} ${JSON.stringify(body)}`, async (key) => read<Opened>(await call("POST", url, carrying(body, { "Idempotency-Key": key }))));
}

/** Hands over one slice. The same slice may be sent any number of times. */
export async function put(url: string, number: number, data: ArrayBuffer): Promise<void> {
  await call("PUT", `${url}/chunks/${number}`, {
    body: data,
    headers: { "Content-Type": "application/octet-stream", "Content-Digest": await digest(data) },
    // A line that carries less than 4 kB a second carries no recording.
    signal: AbortSignal.timeout(30_000 + data.byteLength / 4),
  });
}

/** Asks what the server has. */
export async function status(url: string): Promise<Status> {
  return read<Status>(await call("GET", url));
}

/** Waits until the server has looked at a recording that it has whole. Throws
 *  Refusal, also when the recording is open after all. */
export async function verdict(url: string): Promise<Status> {
  for (let pause = 400; ; pause = Math.min(pause * 1.5, 5_000)) {
    const now = await status(url);
    if (now.state === "ready" || now.state === "failed") return now;
    if (now.state === "open") throw new Refusal(0, "not finished");
    await new Promise((later) => setTimeout(later, pause));
  }
}

/** Says that there are no more slices. */
export async function finish(url: string, chunks: number, bytes: number): Promise<void> {
  await call("POST", `${url}/finish`, carrying({ chunks, bytes }));
}

/** Gives a recording up for a technical reason; the take is not counted. */
export async function abandon(url: string): Promise<void> {
  await call("POST", `${url}/abandon`);
}

/** Tells what was noticed while the assessment was taken. It arrives although the page
 *  is closed meanwhile. */
export async function signal(url: string, body: object): Promise<void> {
  await call("POST", url, { ...carrying(body), keepalive: true });
}

/** The checksum as the header Content-Digest has it (RFC 9530). */
async function digest(data: ArrayBuffer): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return `sha-256=:${btoa(String.fromCharCode(...sum))}:`;
}
