// What a page can notice of what is done beside it. It is hints for a person: a second
// phone or a helper in the room is not among them.

import { watchDevices } from "../media/capture";
import type { Signals } from "./signals";

const shortest = 1_000; // ms: windows lose the focus for a moment all the time
const settle = 1_000; // ms: a headset is several devices

interface Screens {
  isExtended?: boolean; // Chromium alone tells
}

/** Notes signals until it is closed. Where the browser cannot tell, that is noted
 *  instead. */
export class TabWatch {
  private readonly gone = new AbortController();
  private readonly ignore: () => void;
  private timer = 0;
  private unloading = false; // a page that is loaded again is hidden for a moment

  constructor(
    private readonly signals: Signals,
    private readonly asking: () => boolean, // whether a question of the browser is open
  ) {
    this.resume();
    const { signal } = this.gone;
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    addEventListener("pagehide", () => (this.unloading = true), { signal });
    addEventListener("pageshow", () => (this.unloading = false), { signal });
    addEventListener("blur", () => this.leave(), { signal });
    addEventListener("focus", () => this.end("window_left", shortest), { signal });
    addEventListener("offline", () => this.begin("network_lost"), { signal });
    addEventListener("online", () => this.end("network_lost"), { signal });
    document.addEventListener("paste", (event) => this.count("pasted", event.clipboardData?.getData("text/plain")), { signal });
    for (const type of ["copy", "cut"] as const) {
      document.addEventListener(type, () => this.count("copied", selected()), { signal });
    }
    this.ignore = watchDevices(() => this.devices());
    this.watchScreens(signal);
  }

  close(): void {
    this.gone.abort();
    this.ignore();
    clearTimeout(this.timer);
    this.end("tab_hidden");
    this.end("window_left", shortest);
    this.end("network_lost");
  }

  private look(): void {
    if (document.visibilityState === "visible") return this.end("tab_hidden");
    spells.drop("window_left"); // it is the same
    if (!this.unloading) this.begin("tab_hidden");
  }

  private leave(): void {
    if (!this.asking() && document.visibilityState === "visible") this.begin("window_left");
  }

  private count(type: string, text = ""): void {
    this.signals.add(type, { detail: String([...text].length) });
  }

  private devices(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.signals.add("device_changed"), settle);
  }

  private watchScreens(signal: AbortSignal): void {
    const screens = screen as Screens & Partial<EventTarget>;
    if (screens.isExtended === undefined) return this.signals.once("unavailable", "second_screen");
    const look = () => screens.isExtended && this.signals.once("second_screen");
    look();
    screens.addEventListener?.("change", look, { signal });
  }

  // What lasts is kept from its beginning on: a page that is hidden may be loaded again
  // before it is seen again.

  private begin(type: string): void {
    if (!spells.get(type)) spells.set(type, Date.now());
  }

  private end(type: string, atLeast = 0): void {
    const at = spells.get(type);
    if (!at) return;
    spells.drop(type);
    const ms = Date.now() - at;
    if (ms >= atLeast) this.signals.add(type, { at, ms });
  }

  private resume(): void {
    if (document.visibilityState === "visible") this.end("tab_hidden");
    if (document.hasFocus()) this.end("window_left", shortest);
    if (navigator.onLine) this.end("network_lost");
    else this.begin("network_lost");
  }
}

function selected(): string {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement)) return getSelection()?.toString() ?? "";
  return field.value.slice(field.selectionStart, field.selectionEnd);
}

/** Since when something lasts, in this tab. */
const spells = {
  get(type: string): number {
    try {
      return Number(sessionStorage.getItem(`since ${type}`));
    } catch {
      return 0;
    }
  },
  set(type: string, at: number): void {
    try {
      sessionStorage.setItem(`since ${type}`, String(at));
    } catch {
      // It is not noted then.
    }
  },
  drop(type: string): void {
    try {
      sessionStorage.removeItem(`since ${type}`);
    } catch {
      // There was nothing.
    }
  },
};
