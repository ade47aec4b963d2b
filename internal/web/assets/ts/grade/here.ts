import { Outbox } from "./outbox";
import { claimTab } from "./tab";

/** All that this tab has on its way to the server. */
export const outbox = new Outbox(await claimTab());
