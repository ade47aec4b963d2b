// Putting the content of one page of ours in the place of another's.

import { parseHTML } from "../lib/html";
import { enhanceMenus } from "../lib/menu";
import { showTimes } from "../lib/time";

/** Reads an answer as a page of an attempt; null when it is anything else. */
export async function parse(answer: Response): Promise<Document | null> {
  const { origin, pathname } = new URL(answer.url);
  const html = answer.headers.get("Content-Type")?.startsWith("text/html");
  if (origin !== location.origin || !ours(pathname) || !html) return null;
  const page = parseHTML(await answer.text());
  const whole = page.querySelector("main") && page.querySelector("take-seat") && page.querySelector(".narrow-head");
  return whole && scripts(page) === scripts(document) ? page : null;
}

/** Reports whether a path is a page of an attempt. */
export function ours(path: string): boolean {
  return path === "/take" || (path.startsWith("/take/") && !path.startsWith("/take/recordings/"));
}

/** Shows a page. */
export function swap(page: Document): void {
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  replace(".narrow-head", page);
  mergeBar(page);
  replace("main", page);
}

function replace(selector: string, page: Document): void {
  const fresh = page.querySelector(selector);
  if (!fresh) return;
  awaken(fresh);
  document.querySelector(selector)?.replaceWith(document.adoptNode(fresh));
  enliven(fresh);
}

/** Lets be pressed what does nothing without this script. Whether an element of the page
 *  forbids it is for that to say afterwards. */
export function awaken(part: ParentNode): void {
  for (const button of part.querySelectorAll<HTMLButtonElement>("button[data-scripted]")) button.disabled = false;
}

/** Does for a part of a page what is done for those that come as documents. */
function enliven(part: ParentNode): void {
  showTimes(part);
  enhanceMenus(part);
  part.querySelector<HTMLElement>("[data-autofocus]")?.focus();
}

/** What has data-keep stays as it is, with the attributes of the new page. */
function mergeBar(page: Document): void {
  const bar = document.querySelector(".narrow-bar");
  const fresh = page.querySelector(".narrow-bar");
  if (!bar || !fresh) return;
  const kept = new Map([...bar.children].filter((e) => e.hasAttribute("data-keep")).map((e) => [e.localName, e]));
  const gone = new Set(bar.children);
  for (const element of [...fresh.children]) {
    const old = kept.get(element.localName);
    if (old) update(old, element);
    else bar.append(document.adoptNode(element));
    if (old) gone.delete(old);
  }
  for (const element of gone) element.remove();
  enliven(bar);
}

function update(old: Element, fresh: Element): void {
  const words = old.getAttribute("words");
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const { observedAttributes = [] } = old.constructor as { observedAttributes?: string[] };
  // Another language: who does not watch its words is made anew.
  if (words !== old.getAttribute("words") && !observedAttributes.includes("words")) old.replaceWith(document.adoptNode(fresh));
}

/** Which scripts a page needs: a new version of the program has others. */
function scripts(page: Document): string {
  return [...page.querySelectorAll("script[src]")].map((script) => script.getAttribute("src")).join(" ");
}
