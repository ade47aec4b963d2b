// What candidates' pages do while an assessment is taken.

import { TakeRecorder } from "./media/take-recorder";
import { UploadStatus } from "./media/upload-status";

customElements.define("take-recorder", TakeRecorder);
customElements.define("upload-status", UploadStatus);
