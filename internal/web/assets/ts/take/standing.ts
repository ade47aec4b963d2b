// Where the attempt stands, as the server sees it.

import { call, read } from "../media/call";
import { seat } from "../media/seat";

/** Where the attempt stands. */
export interface Standing {
  status: string; // of the invite
  now: number; // the server's clock, Unix milliseconds
  completeBy: number | null;
  here: boolean; // whether the tab that asks holds the attempt
}

const said = "standing";

/** Asks where the attempt stands, in the name of a tab. Throws Refusal. */
export async function standing(tab = seat()): Promise<Standing> {
  return read<Standing>(await call("GET", "/take/status", { headers: { "X-Seat": tab } }));
}

/** Tells all who listen where the attempt stands for this tab. */
export function tell(found: Standing): void {
  document.dispatchEvent(new CustomEvent(said, { detail: found }));
}

/** Gives the attempt to this tab. Throws Refusal. */
export async function sit(): Promise<void> {
  await call("POST", "/take/seat");
}

/** Listens to where the attempt stands until the signal says to stop. */
export function onStanding(listen: (found: Standing) => void, signal: AbortSignal): void {
  document.addEventListener(said, (event) => listen((event as CustomEvent<Standing>).detail), { signal });
}

/** Has everybody find out anew where the attempt stands: something has been refused. */
export function doubt(): void {
  document.dispatchEvent(new CustomEvent("doubt"));
}
