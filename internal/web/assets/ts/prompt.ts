// Recording prompts in the editor.

import { PromptRecorder } from "./media/prompt-recorder";
import { UploadStatus } from "./media/upload-status";

customElements.define("prompt-recorder", PromptRecorder);
customElements.define("upload-status", UploadStatus);
