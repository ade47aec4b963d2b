import { chooseType, type Source } from "../media/capture";
import { Check, type CheckWords } from "./check";

/** Whether this browser can do what the other tests test. */
export class BrowserCheck extends Check {
  constructor(
    words: CheckWords,
    changed: () => void,
    private readonly sources: Source[],
  ) {
    super("browser", words, changed);
  }

  begin(): void {
    this.step.show("busy", "");
    void this.look();
  }

  private async look(): Promise<void> {
    if (!isSecureContext) return this.fail("browser_insecure");
    if (this.sources.some((source) => chooseType(source) === null)) return this.fail("browser_unsupported");
    if (this.sources.length > 0 && !(await keeps())) {
      this.step.show("limited", this.word("browser_forgets"));
    } else {
      this.step.show("works", this.word("browser_works"));
    }
  }

  private fail(name: string): void {
    this.step.show("fails", "");
    this.step.explain(this.help(name));
  }
}

/** Reports whether the browser keeps data when the page is closed. */
function keeps(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open("check", 1);
      request.onerror = () => resolve(false);
      request.onsuccess = () => {
        request.result.close();
        indexedDB.deleteDatabase("check");
        resolve(true);
      };
    } catch {
      resolve(false);
    }
  });
}
