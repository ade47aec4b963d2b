// What only one tab may do at a time.

const moment = 2_000; // ms that a page which was just left may take to let go
const pause = 100; // ms between tries

/** Holds a lock that all tabs of this browser share. Returns what lets it go, or
 *  null when another tab has it and does not let go within wait milliseconds. A
 *  browser that has no locks, or forbids them, grants all. */
export async function hold(name: string, wait = 0): Promise<(() => void) | null> {
  if (!navigator.locks) return () => {};
  for (let left = wait; ; left -= pause) {
    // No try is given up: an answer that comes late is no sign of another tab.
    const release = await attempt(name);
    if (release || left <= 0) return release;
    await new Promise((later) => setTimeout(later, pause));
  }
}

function attempt(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const granted = (lock: Lock | null) => new Promise<void>((release) => resolve(lock && release));
    navigator.locks.request(name, { ifAvailable: true }, granted).catch((error) => resolve(taken(error) ? null : () => {}));
  });
}

/** Reports whether a page holds the lock. */
export async function held(name: string): Promise<boolean> {
  const release = await hold(name, moment);
  release?.();
  return release === null;
}

/** Reports whether a lock was refused, or lost, because another tab has it. */
export function taken(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "AbortError" || error.name === "TimeoutError");
}
