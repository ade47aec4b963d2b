import { canShareScreen } from "../media/capture";
import { Check, type CheckWords } from "./check";

/** Whether this browser could share its screen; nothing is shared yet. */
export class ScreenCheck extends Check {
  constructor(
    words: CheckWords,
    changed: () => void,
    private readonly missing: () => void,
  ) {
    super("screen", words, changed);
  }

  begin(): void {
    if (canShareScreen()) return this.step.show("works", this.word("screen_works"));
    this.step.show("fails", "");
    this.step.explain(this.help("screen_unsupported"));
    this.missing();
  }
}
