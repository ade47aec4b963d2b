// Where the attempt stands, as the server sees it.

import { Refusal } from "../media/protocol";
import { seat } from "../media/seat";

/** Where the attempt stands. */
export interface Standing {
  status: string; // of the invite
  now: number; // the server's clock, Unix milliseconds
  completeBy: number | null;
  here: boolean; // whether the tab that asks holds the attempt
}

const said = "standing";

/** Asks where the attempt stands, in the name of a tab, and tells all who listen when
 *  it is this one. Throws Refusal. */
export async function standing(tab = seat()): Promise<Standing> {
  const answer = await call("GET", "/take/status", tab);
  const found = (await answer.json()) as Standing;
  if (tab === seat()) document.dispatchEvent(new CustomEvent(said, { detail: found }));
  return found;
}

/** Gives the attempt to this tab. Throws Refusal. */
export async function sit(): Promise<void> {
  await call("POST", "/take/seat", seat());
}

/** Listens to where the attempt stands until the signal says to stop. */
export function onStanding(listen: (found: Standing) => void, signal: AbortSignal): void {
  document.addEventListener(said, (event) => listen((event as CustomEvent<Standing>).detail), { signal });
}

/** Has everybody find out anew where the attempt stands: something has been refused. */
export function doubt(): void {
  document.dispatchEvent(new CustomEvent("doubt"));
}

async function call(method: string, url: string, tab: string): Promise<Response> {
  const headers = { Accept: "application/json", "X-Seat": tab };
  const signal = AbortSignal.timeout(15_000);
  const answer = await fetch(url, { method, headers, signal, redirect: "error" }).catch((error: unknown) => {
    throw new Refusal(0, String(error));
  });
  if (!answer.ok) throw new Refusal(answer.status, answer.statusText);
  return answer;
}
