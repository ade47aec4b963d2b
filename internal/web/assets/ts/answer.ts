// Looking at what candidates have answered.

import { RescueImport } from "./answer/rescue-import";

customElements.define("rescue-import", RescueImport);
