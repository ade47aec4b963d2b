// What is sent until the server has it.

import { Emitter } from "../media/emitter";
import { Refused } from "./server";

const first = 2_000; // ms until the first retry
const most = 20_000;

export type State = "saved" | "unsaved" | "saving" | "offline" | "failing" | "signed_out" | "differs" | "refused";

/** Something that is on its way to the server. It is sent again, for as long as it takes, unless
 *  the server refuses it for good or somebody has to choose. */
export abstract class Outgoing extends Emitter<{ change: undefined }> {
  state: State = "saved";
  why = ""; // it is refused
  private running: Promise<void> | null = null;
  private timer = 0;
  private delay = first;

  constructor(readonly url: string) {
    super();
  }

  /** Whether the server does not have it. */
  abstract get dirty(): boolean;

  /** Forgets what the server does not have. */
  abstract drop(): void;

  /** Sends it once. Throws Refused. */
  protected abstract send(): Promise<void>;

  /** Whether nothing can be sent before somebody has chosen. */
  protected get stuck(): boolean {
    return false;
  }

  /** Sends it after so many milliseconds. */
  later(ms: number): void {
    clearTimeout(this.timer);
    if (this.dirty) this.timer = window.setTimeout(() => void this.save(), ms);
  }

  /** Sends what there is, and what is added meanwhile. Resolves when that is done, or is not for now. */
  save(): Promise<void> {
    clearTimeout(this.timer);
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  private async run(): Promise<void> {
    while (this.dirty && !this.stuck) {
      this.enter("saving");
      try {
        await this.send();
        this.delay = first;
      } catch (error) {
        return this.failed(error instanceof Refused ? error : new Refused(0));
      }
    }
    this.enter(this.stuck ? "differs" : "saved");
  }

  protected enter(state: State, why = ""): void {
    this.state = state;
    this.why = why;
    this.emit("change", undefined);
  }

  private failed(refused: Refused): void {
    if (!refused.passing) return this.enter("refused", refused.message);
    this.enter(refused.status === 401 ? "signed_out" : refused.status === 0 ? "offline" : "failing");
    this.later(this.delay);
    this.delay = Math.min(2 * this.delay, most);
  }
}
