// The last resort: what could not be sent, as a file that a person can.

import type { Session } from "./slices";
import type { Uploads } from "./uploads";

/** Makes a file of all slices that are still in this browser, or null when there
 *  are none. It holds one line of JSON, "{format: 1, recordings: [{id, purpose, question,
 *  number, mime, chunks, bytes, slices: [{number, bytes}]}]}", and then the slices one
 *  after another in that order. */
export async function rescueFile(uploads: Uploads): Promise<File | null> {
  const recordings = [];
  const bodies: ArrayBuffer[] = [];
  for (const session of await uploads.unsent()) {
    const slices = await contents(uploads, session);
    recordings.push({ ...about(session), slices: slices.map(({ number, data }) => ({ number, bytes: data.byteLength })) });
    bodies.push(...slices.map(({ data }) => data));
  }
  if (bodies.length === 0) return null;
  const head = `${JSON.stringify({ format: 1, recordings })}\n`;
  return new File([head, ...bodies], "recordings.rescue", { type: "application/octet-stream" });
}

async function contents(uploads: Uploads, session: Session): Promise<{ number: number; data: ArrayBuffer }[]> {
  const found = [];
  for (const number of await uploads.slices.numbers(session.recording)) {
    const data = await uploads.slices.read(session.recording, number);
    if (data) found.push({ number, data });
  }
  return found;
}

function about({ recording: id, purpose, question, number, mime, chunks, bytes }: Session): object {
  return { id, purpose, question, number, mime, chunks, bytes };
}
