import { held, hold } from "../media/lock";

const key = "grade tab";

/** Gives this tab a name of its own, which it keeps when it loads another page. */
export async function claimTab(): Promise<string> {
  const was = remembered();
  if (was && (await hold(`grade ${was}`, 500))) return was;
  const name = crypto.randomUUID(); // a tab that was duplicated has the name of another
  await hold(`grade ${name}`);
  remember(name);
  return name;
}

/** Reports whether a tab of that name is open. */
export async function open(name: string): Promise<boolean> {
  return held(`grade ${name}`);
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(name: string): void {
  try {
    sessionStorage.setItem(key, name);
  } catch {
    // What is typed is kept all the same, and found by the next page as that of a closed tab.
  }
}
