import { Backoff } from "./backoff";
import { Refusal } from "./call";

/** Tries until it is done, or refused for good. Throws what refused it, or the signal's
 *  reason when that is aborted. */
export async function patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const rest = new Backoff();
  const online = () => rest.cut();
  addEventListener("online", online);
  try {
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Refusal && error.passing)) throw error;
        rest.failed(error.retryAfter);
        await rest.over();
      }
    }
  } finally {
    removeEventListener("online", online);
  }
}
