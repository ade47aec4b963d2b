import { create } from "../lib/dom";
import type { Source } from "../media/capture";
import type { Check, CheckWords } from "./check";
import { BrowserCheck } from "./check-browser";
import { CameraCheck } from "./check-camera";
import { MicrophoneCheck } from "./check-microphone";
import { ScreenCheck } from "./check-screen";
import { SpeakerCheck } from "./check-speaker";
import { UploadCheck } from "./check-upload";
import { signalsOf } from "./signals";

/**
 * <device-check>: the tests that an invite needs, one below the other. Whoever fails
 * one may go on; they are told what will not work. Attributes:
 *
 *   steps   the names of the tests, in order
 *   owner   the id of the invite
 *   upload  where bytes are sent to be measured
 *   rate    how much will be recorded, in kbit/s
 *   words   what it says, as JSON
 *
 * The link that leads on is its child and has data-continue.
 */
export class DeviceCheck extends HTMLElement {
  private checks: Check[] = [];
  private words: CheckWords = {};
  private said = "";
  private readonly list = create("div", { className: "steps" });
  private readonly summary = create("div", { className: "step-summary" });

  connectedCallback(): void {
    this.words = JSON.parse(this.getAttribute("words") ?? "{}") as CheckWords;
    const names = (this.getAttribute("steps") ?? "").split(" ");
    this.checks = names.map((name) => this.make(name, names)).filter((check) => check !== null);
    this.list.replaceChildren(...this.checks.map((check) => check.step.element));
    this.summary.setAttribute("role", "status");
    this.prepend(this.list, this.summary);
    for (const check of this.checks) check.begin();
  }

  disconnectedCallback(): void {
    for (const check of this.checks.splice(0)) check.close();
  }

  private make(name: string, all: string[]): Check | null {
    const changed = () => this.sum();
    switch (name) {
      case "browser":
        return new BrowserCheck(this.words, changed, sources(all));
      case "microphone":
        return new MicrophoneCheck(this.words, changed);
      case "camera":
        return new CameraCheck(this.words, changed);
      case "speaker":
        return new SpeakerCheck(this.words, changed);
      case "upload":
        return new UploadCheck(this.words, changed, this.getAttribute("upload") ?? "", Number(this.getAttribute("rate")));
      case "screen":
        return new ScreenCheck(this.words, changed, () => signalsOf(this.getAttribute("owner") ?? "").once("screen_unsupported"));
      default:
        return null;
    }
  }

  /** Says how all tests together stand, and what comes next: a test, or going on. */
  private sum(): void {
    const steps = this.checks.map((check) => check.step);
    const next = steps.find(({ standing }) => standing === "waiting" || standing === "busy");
    for (const step of steps) step.lead(step === next);
    const works = steps.every(({ standing }) => standing === "works" || standing === "limited");
    const link = this.querySelector<HTMLElement>("[data-continue]");
    link?.classList.toggle("btn-primary", !next);
    if (link) link.textContent = this.words[works ? "go_on" : "go_on_anyway"] ?? "";
    this.summary.dataset.done = String(works);
    this.tell(this.words[works ? "all_works" : "not_all"] ?? "");
  }

  private tell(otherwise: string): void {
    const consequences = this.checks.map((check) => check.consequence).filter((text) => text !== "");
    const list = create("ul", {}, ...consequences.map((text) => create("li", {}, text)));
    const said = consequences.length > 0 ? [create("p", {}, this.words.consequences ?? ""), list] : [create("p", {}, otherwise)];
    // The same once more would be spoken once more.
    if (said.map((part) => part.textContent).join() === this.said) return;
    this.said = said.map((part) => part.textContent).join();
    this.summary.replaceChildren(...said);
  }
}

/** What will be recorded, as far as the browser has to be able to. */
function sources(names: string[]): Source[] {
  const out: Source[] = [];
  if (names.includes("microphone")) out.push("audio");
  if (names.includes("camera")) out.push("video");
  if (names.includes("screen")) out.push("screen");
  return out;
}
