// The last resort: what could not be sent, as a file that a person can.

import type { Purpose } from "./protocol";
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

/** A recording as such a file tells it. */
export interface Rescued {
  id: string; // as it was opened
  purpose: Purpose;
  question: number;
  number: number; // of the take
  mime: string;
  chunks: number; // slices in all, those included that the server has
  bytes: number;
  slices: { number: number; data: Blob }[];
}

const newline = 10;
const longestHead = 4 << 20; // bytes

/** Reads a file that rescueFile has made; the slices stay in it until they are looked
 *  at. Throws when it is another file, or a part of one. */
export async function readRescue(file: Blob): Promise<Rescued[]> {
  const start = new Uint8Array(await file.slice(0, longestHead).arrayBuffer());
  const end = start.indexOf(newline);
  const { format, recordings } = JSON.parse(new TextDecoder().decode(start.subarray(0, end))) as Head;
  if (format !== 1) throw new Error("another format");
  let at = end + 1;
  const next = (bytes: number) => file.slice(at, (at += bytes));
  const read = recordings.map((r) => ({ ...r, slices: r.slices.map(({ number, bytes }) => ({ number, data: next(bytes) })) }));
  if (at !== file.size) throw new Error("not whole");
  return read;
}

interface Head {
  format: number;
  recordings: (Omit<Rescued, "slices"> & { slices: { number: number; bytes: number }[] })[];
}
