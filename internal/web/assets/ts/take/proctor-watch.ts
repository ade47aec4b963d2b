import { create } from "../lib/dom";
import { uploadsOf } from "../media/uploads";
import { Observation, type Kind } from "./observation";
import { sayingOf } from "./say";
import { signalsOf } from "./signals";
import { onStanding } from "./standing";
import { TabWatch } from "./tab-watch";
import { WatchView } from "./watch-view";

/**
 * <proctor-watch>: records the screen and the camera while an attempt is under way, if
 * the candidate shares them, and says so all the time. Attributes:
 *
 *   owner   the id of the invite
 *   screen  present when the screen is asked for
 *   camera  present when the camera is
 *   words   what it says, as JSON
 *
 * It stands outside of <main>, and so runs through from question to question. It ends
 * when it is taken off the page, or when another tab holds the attempt.
 */
export class ProctorWatch extends HTMLElement {
  static observedAttributes = ["words"];

  private observations: Observation[] = [];
  private views: WatchView[] = [];
  private tab: TabWatch | null = null;
  private gone = new AbortController();
  private readonly panels = create("aside", { className: "watch-panels" });

  connectedCallback(): void {
    this.classList.add("watch");
    this.setAttribute("role", "status");
    if (this.tab) return; // it was only moved
    this.gone = new AbortController();
    onStanding(({ here, status }) => {
      if (!here && status === "started") this.stop();
      else if (here && !this.tab) this.begin();
    }, this.gone.signal);
    this.begin();
  }

  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.gone.abort();
      this.stop();
    });
  }

  attributeChangedCallback(): void {
    const say = sayingOf(this);
    this.panels.setAttribute("aria-label", say("label"));
    for (const view of this.views) view.speak(say);
  }

  private begin(): void {
    const owner = this.getAttribute("owner") ?? "";
    const signals = signalsOf(owner);
    const kinds = (["screen", "camera"] as Kind[]).filter((kind) => this.hasAttribute(kind));
    this.observations = kinds.map((kind) => new Observation(kind, uploadsOf(owner), signals));
    this.views = this.observations.map((observation) => new WatchView(observation, sayingOf(this)));
    this.tab = new TabWatch(signals, () => this.asking());
    this.replaceChildren(...this.views.map((view) => view.light));
    this.panels.replaceChildren(...this.views.map((view) => view.panel));
    (this.closest(".narrow-bar") ?? this).after(this.panels); // not in sight all the time
  }

  private stop(): void {
    for (const view of this.views.splice(0)) view.close();
    for (const observation of this.observations.splice(0)) observation.close();
    this.tab?.close();
    this.tab = null;
    this.panels.remove();
  }

  /** A question of the browser takes the focus, which is nobody's doing. */
  private asking(): boolean {
    return this.observations.some(({ state }) => state === "asking") || document.querySelector('[data-phase="asking"]') !== null;
  }
}
