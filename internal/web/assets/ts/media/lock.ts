// What only one tab may do at a time.

/** Holds a lock that all tabs of this browser share. Returns what lets it go, or
 *  null when another tab has it and does not let go within wait milliseconds. A
 *  browser that has no locks, or forbids them, grants all. */
export async function hold(name: string, wait = 0): Promise<(() => void) | null> {
  if (!navigator.locks) return () => {};
  return new Promise((resolve) => {
    const options = wait > 0 ? { signal: AbortSignal.timeout(wait) } : { ifAvailable: true };
    const granted = (lock: Lock | null) => new Promise<void>((release) => resolve(lock && release));
    navigator.locks.request(name, options, granted).catch((error) => resolve(taken(error) ? null : () => {}));
  });
}

/** Reports whether a page holds the lock. The lock of a page that was just left may
 *  take a moment to go. */
export async function held(name: string): Promise<boolean> {
  const release = await hold(name, 500);
  release?.();
  return release === null;
}

/** Reports whether a lock was refused, or lost, because another tab has it. */
export function taken(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "AbortError" || error.name === "TimeoutError");
}
