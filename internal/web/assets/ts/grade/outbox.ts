import { memory } from "../lib/dom";
import { Emitter } from "../media/emitter";
import { Errand, type ErrandDraft } from "./errand";
import type { Fields } from "./fields";
import type { Outgoing, State } from "./outgoing";
import { Sheet, type SheetDraft } from "./sheet";
import { open } from "./tab";

const place = "grade draft "; // in the browser's storage, before the tab's name
const patience = 8_000; // ms that somebody who waits for all to be saved is kept waiting

/** The states from the one that most needs somebody to the one that needs nobody. */
const urgency: State[] = ["differs", "refused", "signed_out", "offline", "failing", "saving", "unsaved", "saved"];

/** All that this tab has on its way to the server. It outlives pages: what a page could not send,
 *  the next one sends, and what a closed tab has left behind, another tab. */
export class Outbox extends Emitter<{ change: Outgoing }> {
  private readonly sheets = new Map<string, Sheet>();
  private readonly errands = new Map<string, Errand>();

  constructor(private readonly tab: string) {
    super();
    for (const draft of drafts(tab)) this.restore(draft);
    const again = () => this.hurry();
    addEventListener("online", again);
    addEventListener("focus", again);
    addEventListener("pagehide", again);
    document.addEventListener("visibilitychange", again);
    addEventListener("beforeunload", (event) => this.restless && event.preventDefault());
    void this.adopt();
  }

  /** Returns the sheet at an address, of which the page shows these fields at this revision. */
  sheet(url: string, revision: number, shown: Fields): Sheet {
    const known = this.sheets.get(url);
    if (!known) return this.add(new Sheet({ url, revision, base: shown, mine: { ...shown } }, (sheet) => this.keep(sheet)));
    if (revision >= known.revision) known.meet(shown, revision);
    known.later(0);
    return known;
  }

  /** Returns the sheet at an address, if this tab has had to do with it. */
  known(url: string): Sheet | undefined {
    return this.sheets.get(url);
  }

  errand(url: string): Errand {
    return this.errands.get(url) ?? this.run(new Errand(url, (errand) => this.keep(errand)));
  }

  /** Returns the errands below an address that the server may not have done yet. */
  errandsBelow(url: string): Errand[] {
    return [...this.errands.values()].filter((errand) => errand.url.startsWith(url));
  }

  /** What is not saved that most needs somebody; undefined when all is saved. */
  get worst(): Outgoing | undefined {
    const rank = ({ state }: Outgoing) => urgency.indexOf(state);
    return this.all.filter(({ dirty }) => dirty).sort((a, b) => rank(a) - rank(b))[0];
  }

  /** Waits until all is saved; false when that does not come about. */
  async settled(): Promise<boolean> {
    const late = new Promise((resolve) => setTimeout(resolve, patience));
    await Promise.race([late, Promise.all(this.all.map((thing) => thing.save()))]);
    return !this.worst;
  }

  private get all(): Outgoing[] {
    return [...this.sheets.values(), ...this.errands.values()];
  }

  /** Whether what is not saved would be lost with the tab: the browser cannot keep it. */
  private get restless(): boolean {
    return this.all.some((thing) => thing.dirty && memory.get(this.key(thing.url)) === null);
  }

  private hurry(): void {
    for (const thing of this.all) if (thing.dirty && thing.state !== "refused") void thing.save();
  }

  private add(sheet: Sheet): Sheet {
    this.sheets.set(sheet.url, sheet);
    sheet.on("change", () => this.emit("change", sheet));
    return sheet;
  }

  private run(errand: Errand): Errand {
    this.errands.set(errand.url, errand);
    errand.on("change", () => this.emit("change", errand));
    return errand;
  }

  private keep(thing: Sheet | Errand): void {
    if (thing.dirty) memory.set(this.key(thing.url), JSON.stringify(thing.draft));
    else memory.remove(this.key(thing.url));
  }

  private key(url: string): string {
    return `${place}${this.tab} ${url}`;
  }

  private restore(draft: SheetDraft | ErrandDraft): void {
    if (!("mine" in draft)) return this.errand(draft.url).want(draft.body);
    const known = this.sheets.get(draft.url);
    if (known) return known.join(draft);
    const sheet = this.add(new Sheet(draft, (kept) => this.keep(kept)));
    this.keep(sheet);
    sheet.later(300); // the page may show it, and meet it, first
  }

  /** Takes over what closed tabs have left behind. */
  private async adopt(): Promise<void> {
    const tabs = new Set(keys().map((key) => key.split(" ")[2] ?? ""));
    tabs.delete(this.tab);
    for (const tab of tabs) {
      if (await open(tab)) continue;
      const left = drafts(tab);
      for (const key of keys()) if (key.startsWith(`${place}${tab} `)) memory.remove(key);
      for (const draft of left) this.restore(draft);
    }
  }
}

function keys(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(place));
  } catch {
    return [];
  }
}

function drafts(tab: string): (SheetDraft | ErrandDraft)[] {
  return keys()
    .filter((key) => key.startsWith(`${place}${tab} `))
    .flatMap((key) => {
      try {
        return [JSON.parse(memory.get(key) ?? "") as SheetDraft | ErrandDraft];
      } catch {
        return [];
      }
    });
}
