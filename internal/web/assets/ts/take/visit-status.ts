import { create } from "../lib/dom";
import { ask, Refusal } from "../media/call";
import { type Say, sayingOf } from "./say";
import { doubt } from "./standing";
import { ours, parse, swap } from "./swap";
import type { Leave, Visit } from "./visit";

const slow = 400; // ms until it is said that something is under way
const soon = 2_000; // ms until the first retry
const late = 30_000; // ms between later ones

/**
 * <visit-status>: follows links and sends forms of an attempt's pages without leaving
 * the document, and says how that goes. Attribute: words.
 *
 * Whatever is not plainly one of our pages is left to the browser.
 */
export class VisitStatus extends HTMLElement {
  static observedAttributes = ["words"];

  private say: Say = sayingOf(this);
  private gone = new AbortController();
  private busy = false;
  private failed: Visit | null = null;
  private timer = 0; // of the retry
  private pause = soon;

  private readonly text = create("p", {});
  private readonly retry = create("button", { type: "button", className: "btn btn-sm", hidden: true });

  constructor() {
    super();
    this.text.setAttribute("role", "status");
    this.retry.addEventListener("click", () => this.again());
  }

  connectedCallback(): void {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.replaceChildren(this.text, this.retry);
    document.addEventListener("click", (event) => this.clicked(event), { signal });
    document.addEventListener("submit", (event) => this.submitted(event), { signal });
    document.addEventListener("visit", (event) => this.asked(event as CustomEvent<Visit>), { signal });
    addEventListener("popstate", () => void this.go({ url: location.href, replace: true }), { signal });
    addEventListener("online", () => this.again(), { signal });
  }

  disconnectedCallback(): void {
    this.gone.abort();
  }

  attributeChangedCallback(): void {
    this.say = sayingOf(this);
    this.retry.textContent = this.say("retry");
  }

  private clicked(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    const there = new URL(link.href);
    if (there.origin !== location.origin || !ours(there.pathname) || there.hash) return;
    event.preventDefault();
    if (this.free()) void this.go({ url: link.href });
  }

  private submitted(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    const there = new URL(form.action);
    if (event.defaultPrevented || form.method !== "post" || there.origin !== location.origin || !ours(there.pathname)) return;
    event.preventDefault();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) if (typeof value === "string") body.append(name, value);
    if (this.free()) void this.go({ url: form.action, method: "POST", body });
  }

  private asked(event: CustomEvent<Visit>): void {
    event.preventDefault(); // it is taken on
    void this.go(event.detail);
  }

  /** Refuses to leave what has to be settled first: a recording, a choice. */
  private free(): boolean {
    const recording = document.querySelector("[data-phase=recording], [data-phase=starting]");
    const choice = document.querySelector("[data-differs]");
    if (recording || choice) this.show(this.say(recording ? "recording_first" : "differs_title"));
    (recording ?? choice)?.scrollIntoView({ block: "nearest" });
    calm();
    return !recording && !choice;
  }

  private again(): void {
    clearTimeout(this.timer);
    const there = this.failed;
    this.failed = null;
    if (there) void this.go(there);
  }

  private async go(there: Visit): Promise<void> {
    if (this.busy) return;
    if (there.quiet) return this.glance(there);
    this.busy = true;
    clearTimeout(this.timer);
    this.failed = null; // somebody wants to go elsewhere now
    const timer = setTimeout(() => this.show(this.say("loading")), slow);
    try {
      await leave();
      await this.arrive(await get(there), there);
      this.pause = soon;
    } catch (error) {
      this.fail(there, error);
    } finally {
      clearTimeout(timer);
      this.busy = false;
      calm();
    }
  }

  /** Looks for news of the page. It is in nobody's way, and nobody hears if it fails. */
  private async glance(there: Visit): Promise<void> {
    try {
      await this.arrive(await get(there), there);
    } catch {
      // The next one will tell.
    }
  }

  /** Says what is wrong and tries again by itself: no step does harm twice. */
  private fail(there: Visit, error: unknown): void {
    this.failed = there;
    this.show(this.say(error instanceof Refusal ? "offline" : "failed"), true);
    this.timer = window.setTimeout(() => this.again(), this.pause);
    this.pause = Math.min(2 * this.pause, late);
  }

  private async arrive(answer: Response, there: Visit): Promise<void> {
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.statusText);
    const page = await parse(answer);
    if (!page) return location.assign(there.method === "POST" && !answer.redirected ? "/take" : answer.url);
    const focused = document.activeElement;
    const left = this.busy || there.url !== location.href;
    if (there.quiet && (left || focused?.matches("main :is(input, button)"))) return; // somebody is at it: not now
    if (answer.redirected || there.method !== "POST") this.remember(answer.url, there);
    swap(page);
    this.show("");
    settle(there.quiet ? focused : null);
    doubt();
  }

  private remember(url: string, { replace }: Visit): void {
    const there = new URL(url);
    there.searchParams.delete("lang"); // a cookie knows it now
    if (replace || there.href === location.href) history.replaceState(null, "", there);
    else history.pushState(null, "", there);
  }

  private show(text: string, retry = false): void {
    this.text.textContent = text;
    this.retry.hidden = !retry;
    this.dataset.state = retry ? "failed" : "";
  }
}

/** Waits for those who have something to save. */
async function leave(): Promise<void> {
  const waits: Promise<unknown>[] = [];
  const detail: Leave = { until: (done) => waits.push(done) };
  document.dispatchEvent(new CustomEvent("leave", { detail }));
  await Promise.all(waits);
}

function get({ url, method = "GET", body }: Visit): Promise<Response> {
  return ask(url, { method, headers: { Accept: "text/html" }, body: body ?? null });
}

/** Puts the focus where it was, on the same link, or where reading begins: at what asks
 *  for consent, before all else. */
function settle(was: Element | null): void {
  const heading = document.querySelector<HTMLElement>("main h1");
  if (heading) heading.tabIndex = -1;
  if (was?.isConnected) return;
  const link = was instanceof HTMLAnchorElement && document.querySelector<HTMLElement>(`main a[href="${was.getAttribute("href")}"]`);
  if (link) return link.focus();
  if (!was) scrollTo({ top: 0, behavior: "instant" });
  const first = document.querySelector<HTMLElement>("[data-consent]") ?? heading;
  if (!document.activeElement?.closest("[data-autofocus]")) first?.focus({ preventScroll: true });
}

/** A form that came to nothing can be sent again. */
function calm(): void {
  for (const form of document.querySelectorAll<HTMLElement>("form[data-busy=sent]")) form.dataset.busy = "";
  for (const button of document.querySelectorAll("form [aria-busy]")) button.removeAttribute("aria-busy");
}
