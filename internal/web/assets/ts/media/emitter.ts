// Told to those who listen: events with the types that they have.

type Listener<T> = (detail: T) => void;

/** Tells its listeners what happens; Events maps each name to what comes with it. */
export class Emitter<Events> {
  private readonly listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Listens until the function that it returns is called. */
  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set.add(listener as Listener<never>));
    return () => set.delete(listener as Listener<never>);
  }

  protected emit<K extends keyof Events>(name: K, detail: Events[K]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as Listener<Events[K]>)(detail);
  }
}
