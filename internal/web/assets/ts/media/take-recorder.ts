import type { Purpose } from "./protocol";
import { RecorderElement } from "./recorder-element";

/** <take-recorder>: a candidate records an answer. */
export class TakeRecorder extends RecorderElement {
  protected readonly purpose: Purpose = "answer";
}
