// What candidates' pages do while an assessment is taken.

import { TakeRecorder } from "./media/take-recorder";
import { UploadStatus } from "./media/upload-status";
import { Arrivals } from "./take/arrivals";
import { TakeClock } from "./take/clock";
import { DeviceCheck } from "./take/device-check";
import { IdentityCapture } from "./take/identity-capture";
import { PracticeRecorder } from "./take/practice-recorder";
import { ProctorWatch } from "./take/proctor-watch";
import { Preparation } from "./take/preparation";
import { PromptPlayer } from "./take/prompt-player";
import { awaken } from "./take/swap";
import { TakeRemains } from "./take/take-remains";
import { TakeSeat } from "./take/take-seat";
import { TextAnswer } from "./take/text-answer";
import { VisitStatus } from "./take/visit-status";

awaken(document);
customElements.define("take-recorder", TakeRecorder);
customElements.define("upload-status", UploadStatus);
customElements.define("device-check", DeviceCheck);
customElements.define("practice-recorder", PracticeRecorder);
customElements.define("identity-capture", IdentityCapture);
customElements.define("proctor-watch", ProctorWatch);
customElements.define("take-preparation", Preparation);
customElements.define("prompt-player", PromptPlayer);
customElements.define("text-answer", TextAnswer);
customElements.define("take-arrivals", Arrivals);
customElements.define("take-clock", TakeClock);
customElements.define("take-remains", TakeRemains);
customElements.define("visit-status", VisitStatus);
customElements.define("take-seat", TakeSeat);
