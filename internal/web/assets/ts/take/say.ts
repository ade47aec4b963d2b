// What the elements of an attempt's pages say.

import { fill } from "../media/words";

/** Returns the text of a key with its gaps filled. */
export type Say = (key: string, gaps?: Record<string, string | number>) => string;

/** Returns what an element says: its attribute words, as JSON. */
export function sayingOf(element: HTMLElement): Say {
  let words: Record<string, string> = {};
  try {
    words = JSON.parse(element.getAttribute("words") ?? "{}") as Record<string, string>;
  } catch {
    // It names the keys then.
  }
  return (key, gaps = {}) => fill(words[key] ?? key, gaps);
}
