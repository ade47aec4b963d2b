// What graders' pages do while answers are scored.

import { GradeComments } from "./grade/grade-comments";
import { GradeSheet } from "./grade/grade-sheet";
import { GradeStatus } from "./grade/grade-status";
import { outbox } from "./grade/here";
import { startKeys } from "./grade/keys";
import { paint } from "./grade/progress";
import { startSubmit } from "./grade/submit";
import { Visits } from "./grade/visit";

customElements.define("grade-status", GradeStatus);
customElements.define("grade-sheet", GradeSheet);
customElements.define("grade-comments", GradeComments);
outbox.on("change", () => paint(document, outbox));

const visits = new Visits(outbox);
startSubmit(outbox, visits);
startKeys(visits);
