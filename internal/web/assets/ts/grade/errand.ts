import { Outgoing } from "./outgoing";
import { send } from "./server";

/** A comment as it is sent. */
export interface CommentBody {
  question: string;
  at: number; // milliseconds
  text: string;
}

/** What becomes of an errand when nothing is wanted of it. */
export interface ErrandDraft {
  url: string;
  body: CommentBody | null;
}

/** A comment to be put to its address, or deleted there; of two the later holds. */
export class Errand extends Outgoing {
  private wanted = 0; // rises with every wish
  private done = 0;
  body: CommentBody | null = null;

  constructor(
    url: string,
    private readonly keep: (errand: Errand) => void,
  ) {
    super(url);
  }

  override get dirty(): boolean {
    return this.done < this.wanted;
  }

  get draft(): ErrandDraft {
    return { url: this.url, body: this.body };
  }

  /** Has the comment put there; null has it deleted. */
  want(body: CommentBody | null): void {
    this.body = body;
    this.wanted++;
    this.keep(this);
    this.enter("unsaved");
    void this.save();
  }

  override drop(): void {
    this.done = this.wanted;
    this.keep(this);
    this.enter("saved");
  }

  protected override async send(): Promise<void> {
    const { wanted } = this;
    await send(this.body ? "PUT" : "DELETE", this.url, this.body);
    this.done = Math.max(this.done, wanted);
    this.keep(this);
  }
}
