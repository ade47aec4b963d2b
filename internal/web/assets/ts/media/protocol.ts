// The words that are spoken with the server about one recording.

import { once } from "./once";
import { seat } from "./seat";

export type Purpose = "answer" | "prompt" | "screen" | "webcam" | "identity_document" | "identity_face";

/** A recording that the server is ready to take. */
export interface Opened {
  id: string;
  url: string;
  number: number; // of the take, from 1
  maxSeconds: number; // 0: no limit
  takesLeft?: number; // absent: no limit
}

/** Numbers from the first to the second, both included. */
export type Range = [number, number];

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

/** Why the server did not do as asked; its status is 0 when it did not answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    message: string,
    readonly code = "", // "elsewhere", "over", "limit", "time", "finished", "differs"
    readonly missing: Range[] = [],
    readonly retryAfter = 0, // milliseconds
  ) {
    super(message);
  }

  /** The very same may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Asks for a new recording. */
export function open(url: string, body: object): Promise<Opened> {
  return once(`${url} ${JSON.stringify(body)}`, (key) => json<Opened>("POST", url, body, key));
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
export function status(url: string): Promise<Status> {
  return json<Status>("GET", url);
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
  await send("POST", `${url}/finish`, { chunks, bytes });
}

/** Gives a recording up for a technical reason; the take is not counted. */
export async function abandon(url: string): Promise<void> {
  await send("POST", `${url}/abandon`);
}

/** Tells what was noticed while the assessment was taken. It arrives although the page
 *  is closed meanwhile. */
export async function signal(url: string, body: object): Promise<void> {
  await send("POST", url, body, true);
}

async function json<T>(method: string, url: string, body?: object, key?: string): Promise<T> {
  const answer = await send(method, url, body, false, key);
  return answer.json().catch((error: unknown) => {
    throw new Refusal(0, String(error)); // it broke off
  }) as Promise<T>;
}

function send(method: string, url: string, body?: object, keepalive = false, key?: string): Promise<Response> {
  const headers = new Headers();
  const init: RequestInit = { signal: AbortSignal.timeout(30_000), keepalive, headers };
  if (key) headers.set("Idempotency-Key", key);
  if (body) {
    init.body = JSON.stringify(body);
    headers.set("Content-Type", "application/json");
  }
  return call(method, url, init);
}

async function call(method: string, url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Accept", "application/json");
  headers.set("X-Seat", seat());
  let answer: Response;
  try {
    answer = await fetch(url, { ...init, method, headers, redirect: "error" });
  } catch (error) {
    throw new Refusal(0, String(error));
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer: Response): Promise<Refusal> {
  const said = (await answer.json().catch(() => ({}))) as { error?: string; code?: string; missing?: Range[] | null };
  const seconds = Number(answer.headers.get("Retry-After")) || 0;
  return new Refusal(answer.status, said.error ?? "", said.code, said.missing ?? [], seconds * 1000);
}

/** The checksum as the header Content-Digest has it (RFC 9530). */
async function digest(data: ArrayBuffer): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return `sha-256=:${btoa(String.fromCharCode(...sum))}:`;
}
