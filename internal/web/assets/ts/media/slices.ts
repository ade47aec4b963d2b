// The browser's own store of what was recorded and has not arrived yet.

import type { Purpose } from "./protocol";

/** A recording as the browser knows it. Only the tab that records writes it,
 *  until it has ended. */
export interface Session {
  recording: string;
  url: string;
  owner: string; // the invite, or the member's page: who may send it
  purpose: Purpose;
  question: number; // 0: none
  number: number; // of the take
  mime: string;
  startedAt: number; // Unix milliseconds
  chunks: number; // slices so far
  bytes: number;
  ended: boolean; // chunks and bytes are all there will be
}

/** Where slices are kept. A slice and its session are written together. */
interface Shelf {
  put(session: Session, number?: number, data?: ArrayBuffer): Promise<void>;
  sessions(): Promise<Session[]>;
  numbers(recording: string, limit: number): Promise<number[]>;
  count(recording: string): Promise<number>;
  read(recording: string, number: number): Promise<ArrayBuffer | undefined>;
  drop(recording: string, number: number): Promise<void>;
  forget(recording: string): Promise<void>;
}

const everything = 2 ** 32 - 1; // the most that IndexedDB can be asked for
const keepFor = 30 * 24 * 3600_000; // long after the server would take it

/** Keeps slices on disk, and in memory when the disk refuses: in a private window,
 *  or when it is full. A recording that has begun to use memory stays there, since
 *  what is on disk tells only a part of it from then on. */
export class Slices {
  private readonly memory = new Memory();
  private readonly disk: Promise<Shelf | null>;
  private refused = false;

  constructor(disk: Promise<Shelf> = Disk.open()) {
    this.disk = disk.catch(() => {
      this.refused = true;
      return null;
    });
    void this.expire();
  }

  /** Whether all that was kept so far survives the closing of the page. */
  get durable(): boolean {
    return !this.refused;
  }

  /** Keeps a session and, when given, a slice of it. It does not fail. */
  async put(session: Session, number?: number, data?: ArrayBuffer): Promise<void> {
    const disk = await this.disk;
    if (disk && !this.memory.has(session.recording)) {
      try {
        await disk.put(session, number, data);
        return;
      } catch {
        this.refused = true;
      }
    }
    await this.memory.put(session, number, data);
  }

  /** The recordings of an owner, the oldest first. */
  async sessions(owner: string): Promise<Session[]> {
    const disk = await this.disk;
    const kept = (await disk?.sessions().catch(() => [])) ?? [];
    const newest = new Map([...kept, ...(await this.memory.sessions())].map((session) => [session.recording, session]));
    return [...newest.values()].filter((s) => s.owner === owner).sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Whose recordings are kept. */
  async owners(): Promise<Set<string>> {
    const disk = await this.disk;
    const kept = (await disk?.sessions().catch(() => [])) ?? [];
    return new Set(kept.map((session) => session.owner));
  }

  /** The lowest numbers of the slices that are kept of a recording. */
  async numbers(recording: string, limit = everything): Promise<number[]> {
    const kept = await this.onDisk(recording, (disk) => disk.numbers(recording, limit), []);
    return [...kept, ...(await this.memory.numbers(recording, limit))].slice(0, limit);
  }

  /** How many slices are kept of a recording. */
  async count(recording: string): Promise<number> {
    const kept = await this.onDisk(recording, (disk) => disk.count(recording), 0);
    return kept + (await this.memory.count(recording));
  }

  /** The slice, or undefined when it was let go. */
  async read(recording: string, number: number): Promise<ArrayBuffer | undefined> {
    const held = await this.memory.read(recording, number);
    return held ?? this.onDisk(recording, (disk) => disk.read(recording, number), undefined);
  }

  /** Reports whether this tab alone can send a recording, or a part of it. */
  onlyHere(recording: string): boolean {
    return this.memory.has(recording);
  }

  /** Lets a slice go. Only for what the server has. */
  async drop(recording: string, number: number): Promise<void> {
    await this.memory.drop(recording, number);
    await this.onDisk(recording, (disk) => disk.drop(recording, number), undefined);
  }

  /** Lets a recording go with all its slices. */
  async forget(recording: string): Promise<void> {
    await this.onDisk(recording, (disk) => disk.forget(recording), undefined);
    await this.memory.forget(recording);
  }

  /** Asks that the browser not clear the store when space runs out; it may decline,
   *  and some ask the person. */
  persist(): void {
    void navigator.storage?.persist?.().catch(() => {});
  }

  /** Asks the disk. Its failure must not look like emptiness, except for what has
   *  moved to memory because of it. */
  private async onDisk<T>(recording: string, ask: (disk: Shelf) => Promise<T>, otherwise: T): Promise<T> {
    const disk = await this.disk;
    if (!disk) return otherwise;
    try {
      return await ask(disk);
    } catch (error) {
      if (this.memory.has(recording)) return otherwise;
      throw error;
    }
  }

  /** No stranger's recordings stay on a shared computer for ever. */
  private async expire(): Promise<void> {
    const disk = await this.disk;
    const sessions = (await disk?.sessions().catch(() => [])) ?? [];
    for (const s of sessions) {
      if (s.startedAt < Date.now() - keepFor) await disk?.forget(s.recording).catch(() => {});
    }
  }
}

/** A shelf that lasts as long as the page. */
class Memory implements Shelf {
  private readonly kept = new Map<string, { session: Session; slices: Map<number, ArrayBuffer> }>();

  has(recording: string): boolean {
    return this.kept.has(recording);
  }

  async put(session: Session, number?: number, data?: ArrayBuffer): Promise<void> {
    const slices = this.kept.get(session.recording)?.slices ?? new Map<number, ArrayBuffer>();
    if (number !== undefined && data) slices.set(number, data);
    this.kept.set(session.recording, { session, slices });
  }

  async sessions(): Promise<Session[]> {
    return [...this.kept.values()].map((k) => k.session);
  }

  async numbers(recording: string, limit: number): Promise<number[]> {
    return [...(this.kept.get(recording)?.slices.keys() ?? [])].slice(0, limit);
  }

  async count(recording: string): Promise<number> {
    return this.kept.get(recording)?.slices.size ?? 0;
  }

  async read(recording: string, number: number): Promise<ArrayBuffer | undefined> {
    return this.kept.get(recording)?.slices.get(number);
  }

  async drop(recording: string, number: number): Promise<void> {
    this.kept.get(recording)?.slices.delete(number);
  }

  async forget(recording: string): Promise<void> {
    this.kept.delete(recording);
  }
}

/** A shelf in IndexedDB. Slices are ArrayBuffers, which every browser keeps and
 *  which are written faster than Blobs. */
class Disk implements Shelf {
  private constructor(private readonly db: IDBDatabase) {
    db.onversionchange = () => db.close(); // a newer page needs another layout
  }

  static async open(): Promise<Disk> {
    const request = indexedDB.open("recordings", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("sessions", { keyPath: "recording" });
      request.result.createObjectStore("slices"); // by [recording, number]
    };
    return new Disk(await result(request));
  }

  async put(session: Session, number?: number, data?: ArrayBuffer): Promise<void> {
    const change = this.change();
    change.objectStore("sessions").put(session);
    if (number !== undefined && data) change.objectStore("slices").put(data, [session.recording, number]);
    await done(change);
  }

  async sessions(): Promise<Session[]> {
    return result(this.db.transaction("sessions").objectStore("sessions").getAll());
  }

  async numbers(recording: string, limit: number): Promise<number[]> {
    const keys = await result(this.slices().getAllKeys(all(recording), limit));
    return keys.map((key) => (key as [string, number])[1]);
  }

  async count(recording: string): Promise<number> {
    return result(this.slices().count(all(recording)));
  }

  async read(recording: string, number: number): Promise<ArrayBuffer | undefined> {
    return result(this.slices().get([recording, number]));
  }

  async drop(recording: string, number: number): Promise<void> {
    const change = this.change();
    change.objectStore("slices").delete([recording, number]);
    await done(change);
  }

  async forget(recording: string): Promise<void> {
    const change = this.change();
    change.objectStore("sessions").delete(recording);
    change.objectStore("slices").delete(all(recording));
    await done(change);
  }

  private slices(): IDBObjectStore {
    return this.db.transaction("slices").objectStore("slices");
  }

  /** A change that is on disk, not only on its way there, when it is done. */
  private change(): IDBTransaction {
    return this.db.transaction(["sessions", "slices"], "readwrite", { durability: "strict" });
  }
}

function all(recording: string): IDBKeyRange {
  return IDBKeyRange.bound([recording, 0], [recording, Infinity]);
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the store refused"));
  });
}

function done(change: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = change.onerror = () => reject(change.error ?? new Error("the store refused"));
  });
}
