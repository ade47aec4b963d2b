import { CaptureError } from "../media/capture";
import { fill } from "../media/words";
import { system } from "./system";
import { Step, type Help } from "./step";

/** What the device check says, by the names of [take.check.words]. */
export type CheckWords = Record<string, string>;

/** One test of the device check. */
export abstract class Check {
  readonly step: Step;

  constructor(
    readonly name: string,
    protected readonly words: CheckWords,
    changed: () => void,
  ) {
    const { waiting = "", busy = "", works = "", limited = "", fails = "" } = words;
    this.step = new Step(this.word(name), { waiting, busy, works, limited, fails }, changed);
  }

  /** Shows itself, and begins if it needs nobody to press anything. */
  abstract begin(): void;

  /** Lets go of what it holds. */
  close(): void {}

  /** What will not work later, or nothing. */
  get consequence(): string {
    return this.step.standing === "fails" ? this.word(`${this.name}_consequence`) : "";
  }

  protected word(name: string, gaps: Record<string, string | number> = {}): string {
    return fill(this.words[name] ?? "", gaps);
  }

  /** The help of a name: its title, and what to do. */
  protected help(name: string): Help {
    return { title: this.word(name), todo: [this.word(`${name}_help`)] };
  }

  /** Explains why there is no microphone or camera. */
  protected refuse(error: unknown): void {
    const problem = error instanceof CaptureError ? error.problem : "other";
    this.step.show("fails", "");
    this.step.explain(deviceHelp(this.words, this.name, problem));
  }
}

/** What helps when there is no microphone or camera, by the words of the device check. */
export function deviceHelp(words: CheckWords, device: string, problem: string): Help {
  const word = (name: string) => fill(words[name] ?? "", { device: words[device] ?? "" });
  const todo = [word(problem === "denied" ? `denied_${system()}` : `${problem}_help`)];
  if (problem === "denied" && mac()) todo.push(word("denied_mac"));
  return { title: word(`${device}_${problem}`), todo };
}

function mac(): boolean {
  return navigator.platform.startsWith("Mac") && system() !== "ios";
}
