// A client of AlfaOne's public API. Paths, parameters and bodies are those of the OpenAPI document, which schema.ts is generated
// from; this file adds the key, retries and paging.

import createFetchClient, { type Client as FetchClient, type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** The types of the API by their names: Schemas["Invite"]. */
export type Schemas = components["schemas"];

export type Client = FetchClient<paths>;

export interface Options {
  /** How often a call is repeated that was answered with 429 or 503, or not at all, or that still is in progress; 3 by default. */
  retries?: number;
  /** The longest wait before a repetition, in milliseconds; a minute by default. */
  maxWait?: number;
  /** What makes the calls; the global fetch by default. */
  fetch?: (request: Request) => Promise<Response>;
}

/** An answer of the API that tells of a failure. */
export class APIError extends Error {
  /** @param status of HTTP
   * @param code the kind of problem, for programs; undefined where the API did not say
   * @param requestId to give when asking for help */
  constructor(
    message: string,
    readonly status: number,
    readonly code: string | undefined,
    readonly requestId: string | undefined,
  ) {
    super(message);
    this.name = "APIError";
  }
}

/** Makes a client of the instance at base, such as https://assess.example.com, with an API key. A failure is thrown as APIError. */
export function createClient(base: string, apiKey: string, options: Options = {}): Client {
  const client = createFetchClient<paths>({
    baseUrl: base.replace(/\/+$/, "") + "/api/v1",
    headers: { "x-api-key": apiKey },
    fetch: retrying(options),
  });
  client.use(throwing);
  return client;
}

/** Throws what openapi-fetch would return as error. */
const throwing: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; error?: string; code?: string };
    const message = problem.detail ?? problem.error ?? response.statusText;
    throw new APIError(message, response.status, problem.code, response.headers.get("x-request-id") ?? undefined);
  },
};

/** Repeats what may be repeated: reading, and making, since every POST carries an idempotency key. */
function retrying({ retries = 3, maxWait = 60_000, fetch = globalThis.fetch }: Options) {
  return async (request: Request): Promise<Response> => {
    request.headers.set("accept", "application/json, application/problem+json");
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", crypto.randomUUID());
    }
    for (let attempt = 0; ; attempt++) {
      const backOff = 200 * 2 ** attempt;
      const response = await fetch(request.clone()).catch((failure: unknown) => {
        if (attempt >= retries || request.signal.aborted) throw failure;
        return undefined;
      });
      const wait = Math.max(backOff, 1000 * Number(response?.headers.get("retry-after") ?? 0));
      const worthIt = !response || response.status === 429 || response.status === 503 || (await stillInProgress(response));
      if (response && (!worthIt || attempt >= retries || wait > maxWait)) return response;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
}

/** Whether an earlier try, whose answer was lost, still carries the call out. */
async function stillInProgress(response: Response): Promise<boolean> {
  if (response.status !== 409) return false;
  const problem = (await response.clone().json().catch(() => ({}))) as { code?: string };
  return problem.code === "idempotency_in_progress";
}

/** Walks through a list by cursor: page asks for one page and says what is on it. */
export async function* walk<T>(
  page: (cursor: string) => Promise<{ items: T[]; next: string | null | undefined }>,
): AsyncGenerator<T, void, void> {
  for (let cursor: string | null | undefined = ""; cursor !== null && cursor !== undefined; ) {
    const { items, next }: { items: T[]; next: string | null | undefined } = await page(cursor);
    yield* items;
    cursor = next;
  }
}
