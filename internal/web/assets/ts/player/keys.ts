// The keys of a player. It obeys them itself while the focus is in it; a page with one
// player may have it obey them wherever the focus is, by obey().

/** What keys need of a player. */
export interface Player {
  skipSilence: boolean;
  readonly seconds: number;
  readonly length: number;
  toggle(): void;
  nudge(seconds: number): void;
  seek(second: number): void;
  faster(): void;
  slower(): void;
  comment(): void;
}

type Deed = (player: Player) => void;

const everywhere: Record<string, Deed> = {
  " ": (player) => player.toggle(),
  k: (player) => player.toggle(),
  j: (player) => player.nudge(-5),
  l: (player) => player.nudge(5),
  ",": (player) => player.slower(),
  ".": (player) => player.faster(),
  s: (player) => (player.skipSilence = !player.skipSilence),
  c: (player) => player.comment(),
};

const inside: Record<string, Deed> = {
  ArrowLeft: (player) => player.nudge(-1),
  ArrowRight: (player) => player.nudge(1),
};

const onSlider: Record<string, Deed> = {
  ArrowDown: (player) => player.nudge(-1),
  ArrowUp: (player) => player.nudge(1),
  PageDown: (player) => player.nudge(-10),
  PageUp: (player) => player.nudge(10),
  Home: (player) => player.seek(0),
  End: (player) => player.seek(player.length),
};

/** Has a player do what a key means, and reports whether it means anything. Keys that somebody
 *  else has taken, that are typed into a field or that press a button are not the player's. */
export function obey(player: Player & Node, event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("input:not([type=radio]), select, textarea")) return false;
  if (event.key === " " && target.matches("a, button, summary, input, [role=button]")) return false;
  const deed = deedOf(event.key, player.contains(target), target.matches("[role=slider]"));
  if (!deed) return false;
  event.preventDefault();
  deed(player);
  return true;
}

function deedOf(key: string, within: boolean, slider: boolean): Deed | undefined {
  const name = key.length === 1 ? key.toLowerCase() : key;
  return everywhere[name] ?? (within ? inside[name] : undefined) ?? (within && slider ? onSlider[name] : undefined);
}
