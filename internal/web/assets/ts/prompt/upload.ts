// Sends a file that a member has chosen. It is safe where it is, so that it goes to the
// server slice by slice without being stored in the browser first.

import { patiently } from "../media/patience";
import * as protocol from "../media/protocol";
import type { Opened, Status } from "../media/protocol";

const slice = 4 << 20; // bytes

/** Sends the file into a new recording, of which openURL is asked. A lost connection is
 *  waited for. Throws Refusal, and the signal's reason when it is aborted. */
export async function sendFile(
  file: Blob,
  openURL: string,
  mime: string,
  signal: AbortSignal,
  progress: (part: number) => void,
): Promise<Opened> {
  const opened = await patiently(() => protocol.open(openURL, { mime }), signal);
  try {
    const count = Math.ceil(file.size / slice);
    for (let n = 0; n < count; n++) {
      const data = await file.slice(n * slice, (n + 1) * slice).arrayBuffer();
      await patiently(() => protocol.put(opened.url, n, data), signal);
      progress((n + 1) / count);
    }
    await patiently(() => protocol.finish(opened.url, count, file.size), signal);
  } catch (error) {
    void protocol.abandon(opened.url).catch(() => {}); // it is forgotten in time anyhow
    throw error;
  }
  return opened;
}

/** Waits for what the server says of a recording that it has whole. */
export function verdictOf(url: string): Promise<Status> {
  return patiently(() => protocol.verdict(url));
}
