// Recording prompts in the editor.

import { on } from "./lib/dom";
import { PromptRecorder } from "./media/prompt-recorder";
import { ownersOfUploads } from "./media/uploads";
import { PromptPlace } from "./prompt/place";

customElements.define("prompt-recorder", PromptRecorder);
customElements.define("prompt-place", PromptPlace);

const places = () => document.querySelectorAll<PromptPlace>("prompt-place");

// Another format calls for other recordings.
on("change", "select", () => {
  for (const place of places()) place.show();
});

void ownersOfUploads().then((owners) => {
  for (const place of places()) if (owners.has(place.owner)) place.resume();
});
