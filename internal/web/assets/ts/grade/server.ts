// How the server is asked to keep something.

const patience = 20_000; // ms until an answer is given up
const keepaliveMost = 60_000; // bytes; browsers refuse more than 64 KiB

/** What the server says of something that it keeps, or of why it does not. */
export interface Said {
  error?: string;
  code?: string;
  revision?: number;
  scores?: Record<string, number> | null;
  comment?: string;
  note?: string;
}

/** Why the server did not do as asked; its status is 0 when it did not answer. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly said: Said = {},
  ) {
    super(said.error ?? "no answer");
  }

  /** The very same may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 401 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Sends a value, which also survives the closing of the page. Throws Refused. */
export async function send(method: "PUT" | "DELETE", url: string, value: object | null): Promise<Said> {
  const body = value && JSON.stringify(value);
  const answer = await fetch(url, {
    method,
    body,
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    redirect: "error",
    keepalive: (body?.length ?? 0) < keepaliveMost,
    signal: AbortSignal.timeout(patience),
  }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (!answer || (answer.ok && !said)) throw new Refused(0);
  if (!answer.ok) throw new Refused(answer.status, (said ?? {}) as Said);
  return said as Said;
}
