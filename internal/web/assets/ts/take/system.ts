// Which browser it is, for help alone: where its permissions are found.

export type System = "ios" | "android" | "firefox" | "safari" | "chromium";

/** The kind of browser, as far as its settings differ. */
export function system(agent = navigator.userAgent, touches = navigator.maxTouchPoints): System {
  // Safari on an iPad says that it is a Mac, which has no touch screen.
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1)) return "ios";
  if (/Android/.test(agent)) return "android";
  if (/Firefox/.test(agent)) return "firefox";
  if (/Safari/.test(agent) && !/Chrom/.test(agent)) return "safari";
  return "chromium";
}
