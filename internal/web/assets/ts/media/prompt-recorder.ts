import type { Purpose } from "./protocol";
import { RecorderElement } from "./recorder-element";

/** <prompt-recorder>: a member records what is asked. */
export class PromptRecorder extends RecorderElement {
  protected readonly purpose: Purpose = "prompt";
}
