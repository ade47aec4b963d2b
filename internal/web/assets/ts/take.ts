// What candidates' pages do while an assessment is taken.

import { TakeRecorder } from "./media/take-recorder";
import { UploadStatus } from "./media/upload-status";
import { DeviceCheck } from "./take/device-check";
import { IdentityCapture } from "./take/identity-capture";
import { PracticeRecorder } from "./take/practice-recorder";

customElements.define("take-recorder", TakeRecorder);
customElements.define("upload-status", UploadStatus);
customElements.define("device-check", DeviceCheck);
customElements.define("practice-recorder", PracticeRecorder);
customElements.define("identity-capture", IdentityCapture);
