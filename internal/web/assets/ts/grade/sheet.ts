import { bodyOf, type Collision, equal, type Fields, fieldsOf, merge, same } from "./fields";
import { Outgoing } from "./outgoing";
import { Refused, send } from "./server";

/** A sheet as this device keeps it until the server has it. */
export interface SheetDraft {
  url: string;
  revision: number; // of the base
  base: Fields;
  mine: Fields;
}

/** The fields of a form that the server keeps under a revision: what was there, and what is here
 *  now. Where another tab was faster both are put together, as far as they do not collide. */
export class Sheet extends Outgoing {
  collisions: Collision[] = [];
  taken: Fields = {}; // over from another tab, last

  constructor(
    { url, revision, base, mine }: SheetDraft,
    private readonly keep: (sheet: Sheet) => void,
  ) {
    super(url);
    this.revision = revision;
    this.base = base;
    this.mine = mine;
  }

  revision: number;
  mine: Fields;
  private base: Fields;

  override get dirty(): boolean {
    return !equal(this.base, this.mine);
  }

  protected override get stuck(): boolean {
    return this.collisions.length > 0;
  }

  get draft(): SheetDraft {
    return { url: this.url, revision: this.revision, base: this.base, mine: this.mine };
  }

  /** Takes what was typed, to be saved after so many milliseconds. */
  edit(fields: Fields, after: number): void {
    this.mine = { ...this.mine, ...fields };
    this.taken = {};
    this.keep(this);
    this.enter(this.stuck ? "differs" : this.dirty ? "unsaved" : "saved");
    this.later(after);
  }

  /** Meets what is stored, or what another tab wants. */
  meet(theirs: Fields, revision: number): void {
    const { merged, collisions } = merge(this.base, this.mine, theirs);
    this.taken = Object.fromEntries(Object.entries(merged).filter(([name, value]) => value !== (this.mine[name] ?? "")));
    this.base = { ...Object.fromEntries(Object.keys(this.base).map((name) => [name, ""])), ...theirs };
    this.revision = revision;
    this.mine = merged;
    this.collisions = collisions;
    this.keep(this);
    this.enter(this.stuck ? "differs" : this.dirty ? "unsaved" : "saved");
  }

  /** Takes over what was typed in a tab that is closed. */
  join(draft: SheetDraft): void {
    const changed = Object.entries(draft.mine).filter(([name, value]) => !same(value, draft.base[name]));
    const { merged, collisions } = merge(this.base, this.mine, { ...this.base, ...Object.fromEntries(changed) });
    this.mine = merged;
    this.collisions = collisions;
    this.keep(this);
    this.enter(this.stuck ? "differs" : "unsaved");
    this.later(0);
  }

  /** Ends the collision of a field: it stays as it is here, or becomes what it is elsewhere. */
  choose({ name, theirs }: Collision, elsewhere: boolean): void {
    if (elsewhere) this.mine[name] = theirs;
    this.collisions = this.collisions.filter((collision) => collision.name !== name);
    this.keep(this);
    this.enter(this.stuck ? "differs" : "unsaved");
    void this.save();
  }

  override drop(): void {
    this.mine = { ...this.base };
    this.collisions = [];
    this.keep(this);
    this.enter("saved");
  }

  protected override async send(): Promise<void> {
    const sent = { ...this.mine };
    try {
      const { revision = this.revision } = await send("PUT", this.url, bodyOf(sent, this.revision));
      this.base = sent;
      this.revision = revision;
      this.keep(this);
    } catch (error) {
      if (!(error instanceof Refused && error.said.code === "differs")) throw error;
      this.meet(fieldsOf(error.said), error.said.revision ?? 0);
    }
  }
}
