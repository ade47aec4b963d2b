import { create } from "../lib/dom";
import { fill } from "../media/words";
import { clock, type Words } from "./words";

/** Why a recording does not play. */
export type Cause = "gone" | "forbidden" | "signed_out" | "offline" | "slow" | "server" | "unplayable";

/** Asks the server why a file does not come that it should send. */
export async function causeOf({ currentSrc, src, error }: HTMLMediaElement): Promise<Cause> {
  try {
    const { ok, status } = await fetch(currentSrc || src, { method: "HEAD", signal: AbortSignal.timeout(10_000) });
    if (ok) return error?.code === MediaError.MEDIA_ERR_NETWORK ? "slow" : "unplayable";
    if (status === 401) return "signed_out";
    if (status === 403) return "forbidden";
    return status === 404 || status === 410 ? "gone" : "server";
  } catch {
    return "offline";
  }
}

/** Says in words that a recording does not play, and offers to try again. */
export class Trouble {
  readonly element = create("div", { className: "banner tone-warning player-trouble", hidden: true });

  private readonly text = create("p", {});
  private readonly again: HTMLButtonElement;

  constructor(
    private readonly words: Words,
    retry: () => void,
  ) {
    this.again = create("button", { type: "button", className: "btn btn-sm" }, words.retry);
    this.again.addEventListener("click", retry);
    this.element.setAttribute("role", "alert");
    this.element.append(this.text, this.again);
  }

  /** Tells why, and from which second it goes on; null when it plays. */
  show(cause: Cause | null, at: number): void {
    this.element.hidden = cause === null;
    if (cause === null) return;
    this.again.hidden = cause === "forbidden";
    const text = fill(this.words[`failed_${cause}`], { at: clock(at) });
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}
