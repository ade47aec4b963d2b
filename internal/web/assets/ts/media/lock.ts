// What only one tab may do at a time.

/** Holds a lock that all tabs of this browser share. Returns what lets it go, or
 *  null when another tab has it and does not let go within wait milliseconds. A
 *  browser without locks grants all. */
export async function hold(name: string, wait = 0): Promise<(() => void) | null> {
  if (!navigator.locks) return () => {};
  return new Promise((resolve) => {
    const options = wait > 0 ? { signal: AbortSignal.timeout(wait) } : { ifAvailable: true };
    const granted = (lock: Lock | null) => new Promise<void>((release) => resolve(lock && release));
    navigator.locks.request(name, options, granted).catch(() => resolve(null));
  });
}

/** Reports whether a page holds the lock. The lock of a page that was just left may
 *  take a moment to go. */
export async function held(name: string): Promise<boolean> {
  const release = await hold(name, 500);
  release?.();
  return release === null;
}
