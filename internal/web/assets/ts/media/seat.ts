// Which tab this is.

import { held, hold } from "./lock";

const key = "seat";

/** The id of this tab, sent as X-Seat: an attempt is held by one tab at a time. It
 *  survives a reload. A tab that was duplicated has that of its original until it
 *  calls alone. */
export function seat(): string {
  try {
    const known = sessionStorage.getItem(key);
    if (known) return known;
    const made = crypto.randomUUID();
    sessionStorage.setItem(key, made);
    return made;
  } catch {
    return (unkept ??= crypto.randomUUID()); // storage is forbidden: a reload is a new tab
  }
}

let unkept: string | undefined;

/** Sees to it that no other tab has the id of this one; it takes another if need be. */
export function alone(): Promise<void> {
  return (sole ??= claim());
}

let sole: Promise<void> | undefined;

async function claim(): Promise<void> {
  if (await hold(lockOf(seat()), 1_000)) return;
  try {
    sessionStorage.setItem(key, crypto.randomUUID());
  } catch {
    return; // without storage no two tabs have one id
  }
  await hold(lockOf(seat()));
}

/** Reports whether a tab that was alone with its id is still open in this browser. */
export function seated(tab: string): Promise<boolean> {
  return held(lockOf(tab));
}

function lockOf(tab: string): string {
  return `seat ${tab}`;
}
