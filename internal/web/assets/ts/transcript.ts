// Reading, searching and editing what is said in an answer.

import { TranscriptEditor } from "./transcript/transcript-editor";

customElements.define("transcript-editor", TranscriptEditor);
