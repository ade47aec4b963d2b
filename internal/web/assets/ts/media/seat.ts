const key = "seat";

/** The id of this tab, sent as X-Seat: an attempt is held by one tab at a time.
 *  It survives a reload, and is not that of any other tab. */
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
