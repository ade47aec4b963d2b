// Playing what candidates have answered.

import { AnswerPlayer } from "./player/answer-player";

customElements.define("answer-player", AnswerPlayer);
