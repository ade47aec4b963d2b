// How the server is asked: always in the name of a tab.

import { seat } from "./seat";

const patience = 30_000; // ms until an answer is given up

/** Numbers from the first to the second, both included. */
export type Range = [number, number];

/** Why the server did not do as asked; its status is 0 when it did not answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    message: string,
    readonly code = "", // "elsewhere", "over", "limit", "time", "finished", "differs"
    readonly missing: Range[] = [], // slices
    readonly retryAfter = 0, // milliseconds
    readonly stored?: { text: string; revision: number }, // in place of a text
  ) {
    super(message);
  }

  /** The very same may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Sends a request in the name of this tab, unless it is in that of another. Throws
 *  Refusal when nobody answers. */
export async function ask(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("X-Seat")) headers.set("X-Seat", seat());
  try {
    return await fetch(url, { signal: AbortSignal.timeout(patience), ...init, headers });
  } catch (error) {
    throw new Refusal(0, String(error));
  }
}

/** Does as ask, for a program rather than a page. Throws Refusal when it is refused. */
export async function call(method: string, url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Accept", "application/json");
  const answer = await ask(url, { ...init, method, headers, redirect: "error" });
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

/** Makes a request that carries a value as JSON. */
export function carrying(value: object, headers: Record<string, string> = {}): RequestInit {
  return { body: JSON.stringify(value), headers: { "Content-Type": "application/json", ...headers } };
}

/** Reads JSON. Throws Refusal when it broke off. */
export async function read<T>(answer: Response): Promise<T> {
  try {
    return (await answer.json()) as T;
  } catch (error) {
    throw new Refusal(0, String(error));
  }
}

/** What an error says of itself. */
interface Said {
  error?: string;
  code?: string;
  missing?: Range[] | null;
  text?: string;
  revision?: number;
}

async function refusal(answer: Response): Promise<Refusal> {
  const { error = "", code, missing, text, revision = 0 } = await read<Said>(answer).catch((): Said => ({}));
  const seconds = Number(answer.headers.get("Retry-After")) || 0;
  const stored = text === undefined ? undefined : { text, revision };
  return new Refusal(answer.status, error, code, missing ?? [], seconds * 1000, stored);
}
