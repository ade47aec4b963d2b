// Playing what candidates have answered.

import { AnswerPlayer } from "./player/answer-player";
import { linkMoments } from "./player/moments";

customElements.define("answer-player", AnswerPlayer);
linkMoments(document);
