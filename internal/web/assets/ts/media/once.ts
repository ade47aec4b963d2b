import { Refusal } from "./call";

const keys = new Map<string, string>();

/** Asks for something that counts, under a key that stays the same until the server has
 *  answered: when only the answer got lost, asking again costs nothing more. */
export async function once<T>(what: string, ask: (key: string) => Promise<T>): Promise<T> {
  const key = keys.get(what) ?? crypto.randomUUID();
  keys.set(what, key);
  try {
    const answer = await ask(key);
    keys.delete(what);
    return answer;
  } catch (error) {
    if (error instanceof Refusal && !error.passing) keys.delete(what);
    throw error;
  }
}
