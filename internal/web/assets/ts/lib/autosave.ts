import { all, create, memory } from "./dom";
import { parseHTML } from "./html";
import { showProblems, type Problem } from "./problems";
import { review, type Review } from "./review";

const pause = 800; // after the last key
const retryFirst = 2_000;
const retryMost = 30_000;
const keepaliveMost = 60_000; // bytes; browsers refuse more than 64 KiB

/** Saves every <form data-autosave> by itself; renew brings a part of it to life that has come anew. */
export function startAutosave(renew: (part: ParentNode) => void): void {
  for (const form of all<HTMLFormElement>("form[data-autosave]")) new Autosave(form, renew);
}

interface Draft {
  version: string;
  values: [string, string][];
}

/** A form that sends itself while it is edited. What the server has not
 *  confirmed is kept in the browser and put back when the page is opened again.
 *  The server must answer 200 {"version": n}, or 409 when the version that was
 *  sent is not the current one; it should accept the same text again as saved,
 *  for an answer may be lost on the way. An answer's "review" is shown on the
 *  page, its "errors" beside their fields. A [data-overwrite] in the form, a
 *  button that replaces the other version, is offered in a conflict. A button
 *  with data-swap posts the form like others, but of the page that answers only
 *  the element with that id is shown, in the place of the old one. */
class Autosave {
  private readonly key: string;
  private readonly version: HTMLInputElement;
  private readonly status: HTMLElement | null;
  private dirty = false;
  private sending: Promise<void> | null = null;
  private stopped = false; // someone else's version is current
  private timer = 0;
  private delay = retryFirst;
  private whole = false; // the next button's answer is shown as a page

  constructor(
    private readonly form: HTMLFormElement,
    private readonly renew: (part: ParentNode) => void,
  ) {
    this.key = `draft:${new URL(form.action).pathname}`;
    this.version = form.elements.namedItem("version") as HTMLInputElement;
    this.status =
      form.querySelector<HTMLElement>("[data-save-status]") ??
      document.querySelector<HTMLElement>(`[data-save-status="${CSS.escape(form.id)}"]`);
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.submitted(event));
    form.addEventListener("keydown", (event) => this.entered(event));
    addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    addEventListener("online", () => this.schedule(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.schedule(0);
    });
    this.restore();
  }

  private changed(): void {
    this.dirty = true;
    memory.set(this.key, JSON.stringify({ version: this.version.value, values: this.values() } satisfies Draft));
    if (this.stopped) return;
    this.say("unsaved");
    this.schedule(pause);
  }

  /** Enter in a field of one line presses the button of the [data-enter] around
   *  it, else saves at once; by itself it would press the form's first button. */
  private entered(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
    if (event.target.type === "file") return; // which opens
    event.preventDefault();
    const button = event.target.closest("[data-enter]")?.querySelector("button");
    if (button) this.form.requestSubmit(button);
    else this.schedule(0);
  }

  /** A button was pressed: everything travels with the form itself, once the
   *  answer to what is on its way has told the version. */
  private submitted(event: SubmitEvent): void {
    if (event.defaultPrevented) return;
    if (this.sending) {
      event.preventDefault();
      void this.sending.then(() => this.form.requestSubmit(event.submitter));
      return;
    }
    clearTimeout(this.timer);
    this.dirty = false;
    const part = document.getElementById(event.submitter?.dataset.swap ?? "");
    if (part && !this.whole && !this.stopped) {
      event.preventDefault();
      void this.swap(event.submitter as HTMLButtonElement, part);
      return;
    }
    memory.remove(this.key);
  }

  private async swap(button: HTMLButtonElement, part: HTMLElement): Promise<void> {
    this.say("saving");
    part.inert = true; // what is typed into it now would be lost
    let swapped = true;
    this.sending = this.take(button, part)
      .then((taken) => void (swapped = taken))
      .catch(() => this.failed());
    await this.sending;
    this.sending = null;
    part.inert = false;
    if (swapped) return;
    this.whole = true; // the page says why not
    this.form.requestSubmit(button);
  }

  /** Posts the form by the button and shows the part of the answer; false if the answer has none. */
  private async take(button: HTMLButtonElement, part: HTMLElement): Promise<boolean> {
    const body = new URLSearchParams([...this.values(true), [button.name, button.value]]);
    const answer = await fetch(this.form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.statusText);
    const page = parseHTML(await answer.text());
    const fresh = page.getElementById(part.id);
    const version = page.querySelector<HTMLInputElement>(`#${CSS.escape(this.form.id)} > input[name="version"]`);
    if (!answer.ok || !fresh || !version) return false;
    part.replaceWith(document.adoptNode(fresh));
    this.renew(fresh);
    fresh.querySelector<HTMLElement>("[autofocus]")?.focus();
    this.confirmed(Number(version.value));
    fresh.dispatchEvent(new Event("input", { bubbles: true })); // sums follow, and the review with the next saving
    return true;
  }

  private schedule(after: number): void {
    if (!this.dirty || this.stopped) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), after);
  }

  private async save(): Promise<void> {
    if (this.sending || !this.dirty || this.stopped) return;
    this.dirty = false;
    this.say("saving");
    this.sending = this.send().catch(() => this.failed());
    await this.sending;
    this.sending = null;
  }

  private failed(): void {
    this.dirty = true;
    this.say("failed");
    this.schedule(this.delay);
    this.delay = Math.min(this.delay * 2, retryMost);
  }

  private async send(): Promise<void> {
    const body = new URLSearchParams(this.values(true)).toString();
    const answer = await fetch(this.form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      keepalive: body.length < keepaliveMost, // survives the closing of the page
    });
    if (answer.status === 409) return this.conflict();
    const said = (await answer.json()) as { version?: number; error?: string; errors?: Problem[]; review?: Review };
    if (said.review) review(said.review);
    if (answer.ok || said.errors) showProblems(this.form, said.errors ?? []);
    if (answer.ok) return this.confirmed(said.version);
    if (answer.status >= 500 || answer.status === 429) throw new Error(said.error);
    this.dirty = true; // refused: sending the same again would not help
    this.say("failed", said.error);
  }

  private confirmed(version: number | undefined): void {
    if (version !== undefined) this.version.value = String(version);
    this.delay = retryFirst;
    if (this.dirty) {
      this.changed(); // typed meanwhile: keep it under the new version
      return;
    }
    memory.remove(this.key);
    this.say("saved");
  }

  private conflict(): void {
    this.stopped = true;
    this.dirty = true;
    this.say("");
    const reload = create("button", { className: "btn btn-sm", type: "button" }, this.form.dataset.reload ?? "");
    reload.addEventListener("click", () => {
      this.dirty = false;
      memory.remove(this.key);
      location.reload();
    });
    const actions = create("div", { className: "actions" }, reload);
    const overwrite = this.form.querySelector<HTMLElement>("[data-overwrite]");
    if (overwrite) actions.append(overwrite);
    const banner = create(
      "div",
      { className: "banner tone-warning" },
      create("div", {}, create("p", {}, this.form.dataset.conflict ?? ""), actions),
    );
    banner.setAttribute("role", "alert");
    this.form.prepend(banner);
    banner.scrollIntoView({ block: "nearest" });
  }

  private restore(): void {
    const draft = this.draft();
    if (!draft) return;
    if (JSON.stringify(draft.values) === JSON.stringify(this.values())) {
      memory.remove(this.key);
      return;
    }
    this.fill(draft.values);
    if (draft.version !== this.version.value) {
      this.conflict();
    } else {
      this.changed();
    }
  }

  private draft(): Draft | null {
    try {
      return JSON.parse(memory.get(this.key) ?? "null") as Draft | null;
    } catch {
      return null;
    }
  }

  /** Puts values back; those of one name go to its fields in their order. */
  private fill(values: [string, string][]): void {
    const left = [...values];
    const take = (name: string, value?: string): string | undefined => {
      const at = left.findIndex(([n, v]) => n === name && (value === undefined || v === value));
      return at < 0 ? undefined : left.splice(at, 1)[0]?.[1];
    };
    for (const field of this.form.elements) {
      if (field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")) {
        field.checked = take(field.name, field.value) !== undefined;
      } else if (
        (field instanceof HTMLInputElement && field.type !== "file") ||
        field instanceof HTMLTextAreaElement ||
        field instanceof HTMLSelectElement
      ) {
        if (field.name !== this.version.name) field.value = take(field.name) ?? field.value;
      }
    }
  }

  private values(withVersion = false): [string, string][] {
    const values: [string, string][] = [];
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && (withVersion || name !== this.version.name)) values.push([name, value]);
    }
    return values;
  }

  private say(state: "unsaved" | "saving" | "saved" | "failed" | "", text?: string): void {
    if (!this.status) return;
    this.status.dataset.state = state;
    this.status.textContent = text ?? (state === "" ? "" : (this.form.dataset[state] ?? ""));
  }
}
