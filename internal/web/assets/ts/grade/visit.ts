// Going from answer to answer without leaving the document, so that it feels instant: the next
// page is there before it is asked for, with the beginning of what it plays.

import { all, on } from "../lib/dom";
import { parseHTML } from "../lib/html";
import { enhanceMenus } from "../lib/menu";
import { showTimes } from "../lib/time";
import { showToast } from "../lib/toast";
import type { Outbox } from "./outbox";
import { paint } from "./progress";

interface Page {
  url: string; // after redirects
  title: string;
  main: Element;
}

const pages = /^\/grading\/[0-9a-f-]{36}(\/questions\/\d+|\/review)?$/;
const fresh = 10 * 60_000; // ms for which a page that was fetched ahead is shown

/** Follows links between the pages of evaluations. */
export class Visits {
  private readonly ahead = new Map<string, { page: Promise<Page | null>; at: number }>();
  private latest = 0; // counts visits: the last one counts

  constructor(private readonly outbox: Outbox) {
    on("click", "a[href]", (link, event) => this.clicked(link as HTMLAnchorElement, event));
    addEventListener("popstate", () => void this.go(location.href, false));
    this.prepare();
  }

  /** Goes where the page's link of that relation leads. */
  follow(selector: string): boolean {
    const link = document.querySelector<HTMLAnchorElement>(`main ${selector}`);
    if (!link) return false;
    if (ours(link.href)) void this.go(link.href, true);
    else location.assign(link.href);
    return true;
  }

  private clicked(link: HTMLAnchorElement, event: MouseEvent): void {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!plain || event.defaultPrevented || link.target || !ours(link.href)) return;
    event.preventDefault();
    void this.go(link.href, true);
  }

  private async go(url: string, forward: boolean): Promise<void> {
    const visit = ++this.latest;
    // The review shows what the server has, so that this must be all.
    if (url.includes("/review")) await this.outbox.settled();
    const page = await this.page(url).catch(() => undefined);
    if (visit !== this.latest) return;
    if (page === undefined) return showToast("The page could not be loaded: the server cannot be reached. What you gave is kept. Try again in a moment.");
    if (!page) return location.assign(url);
    if (forward) history.pushState(null, "", page.url);
    this.show(page);
  }

  private page(url: string): Promise<Page | null> {
    const known = this.ahead.get(url);
    this.ahead.delete(url);
    return known && Date.now() - known.at < fresh ? known.page.then((page) => page ?? load(url)) : load(url);
  }

  private show({ title, main }: Page): void {
    document.title = title;
    document.querySelector("main")?.replaceWith(main);
    showTimes(main);
    enhanceMenus(main);
    paint(main, this.outbox);
    scrollTo({ top: 0, behavior: "instant" });
    const heading = main.querySelector("h1");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
    this.prepare();
  }

  /** Fetches what comes next. */
  private prepare(): void {
    this.ahead.clear();
    const next = all<HTMLAnchorElement>("main a[rel=next]")[0];
    if (!next || !ours(next.href) || next.href.includes("/review")) return;
    this.ahead.set(next.href, { page: load(next.href).then(begin).catch(() => null), at: Date.now() });
  }
}

function ours(href: string): boolean {
  const there = new URL(href);
  return there.origin === location.origin && pages.test(there.pathname) && !there.hash;
}

/** Loads a page; null when it is not one of these, so that the browser has to. */
async function load(url: string): Promise<Page | null> {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (answer.status >= 400 || !ours(answer.url)) return null;
  const page = parseHTML(await answer.text());
  const main = page.querySelector("main");
  return main && scripts(page) === scripts(document) ? { url: answer.url, title: page.title, main: document.adoptNode(main) } : null;
}

/** Has the recording of a page that is not shown yet begin to load. */
function begin(page: Page | null): Page | null {
  const media = page?.main.querySelector<HTMLMediaElement>(".cockpit-player :is(audio, video)");
  if (media) {
    media.preload = "auto";
    media.load();
  }
  return page;
}

/** Which scripts a page needs: a new version of the program has others. */
function scripts(page: Document): string {
  return [...page.querySelectorAll("script[src]")].map((script) => script.getAttribute("src")).join(" ");
}
