// The behaviour of the components in internal/web/ui. Every page works without
// it; each module adds one convenience to what is already in the document.
// Nothing here may need more than the Content-Security-Policy allows: no
// innerHTML, no inline styles in markup, no evaluation of text.

import { startAutosave } from "./lib/autosave";
import { startBulk } from "./lib/bulk";
import { startBusy } from "./lib/busy";
import { startConfirm } from "./lib/confirm";
import { startCopy } from "./lib/copy";
import { startCSV } from "./lib/csv";
import { startDialogs } from "./lib/dialog";
import { startFields } from "./lib/field";
import { startFilters } from "./lib/filters";
import { startLanguages } from "./lib/language";
import { startMenus } from "./lib/menu";
import { startReorder } from "./lib/reorder";
import { startRubrics } from "./lib/rubric";
import { startTheme } from "./lib/theme";
import { startTimes } from "./lib/time";
import { startToasts } from "./lib/toast";

startTheme();
startTimes();
startMenus();
startDialogs();
startConfirm(); // before busy: a form that is not confirmed is not sent
startAutosave((part) => startReorder(part));
startBusy();
startFields();
startCopy();
startLanguages();
startFilters();
startBulk();
startReorder(document);
startRubrics();
startCSV();
startToasts();

document.documentElement.dataset.js = ""; // reveals what only scripts can do
