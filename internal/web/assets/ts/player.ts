// Playing what candidates have answered. A page's own bundle drives the player by its methods
// and events, and by obey() of ./player/keys; it need not hold the player itself.

import { AnswerPlayer } from "./player/answer-player";

customElements.define("answer-player", AnswerPlayer);
