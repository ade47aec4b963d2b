import { all } from "./dom";

const minute = 60_000;

const styles: Record<string, Intl.DateTimeFormatOptions> = {
  date: { dateStyle: "medium" },
  datetime: { dateStyle: "medium", timeStyle: "short" },
  deadline: {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  },
};

/** Shows every <time data-time> in the viewer's time zone. */
export function startTimes(): void {
  const times = showTimes();
  const relative = times.filter((time) => time.dataset.time === "ago");
  if (relative.length > 0) setInterval(() => relative.forEach(render), minute);
}

/** Does so once, below a root, and returns them. */
export function showTimes(root: ParentNode = document): HTMLTimeElement[] {
  const times = all<HTMLTimeElement>("time[data-time]", root);
  for (const time of times) render(time);
  return times;
}

function render(time: HTMLTimeElement): void {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const style = time.dataset.time ?? "datetime";
  time.textContent = style === "ago" ? ago(at) : format(at, styles[style]);
  time.title = format(at, { dateStyle: "full", timeStyle: "long" });
}

function format(at: Date, style: Intl.DateTimeFormatOptions | undefined): string {
  return new Intl.DateTimeFormat(locale(), style).format(at);
}

function ago(at: Date): string {
  const minutes = Math.round((at.getTime() - Date.now()) / minute);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 24 * 60) return relative.format(Math.round(minutes / 60), "hour");
  if (Math.abs(minutes) < 7 * 24 * 60) return relative.format(Math.round(minutes / 60 / 24), "day");
  return format(at, styles.date);
}

/** The page's language, in the viewer's regional form if they read that language. */
function locale(): string {
  const page = document.documentElement.lang || "en";
  const spoken = navigator.languages.find((tag) => tag.split("-")[0] === page.split("-")[0]);
  return spoken ?? page;
}
