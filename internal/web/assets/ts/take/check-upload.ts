import { Check, type CheckWords } from "./check";

const small = 64 << 10; // bytes: a first look, quick on any line
const large = 1 << 20; // the most that the server takes
const quick = 1_000; // ms: a line this fast is measured again with more
const patience = 30_000; // ms
const reserve = 1.5; // what is sent in bursts needs more than the average

/** How fast what is recorded could be sent. */
export class UploadCheck extends Check {
  constructor(
    words: CheckWords,
    changed: () => void,
    private readonly url: string,
    private readonly rate: number, // kbit/s that are recorded
  ) {
    super("upload", words, changed);
  }

  begin(): void {
    void this.measure();
  }

  private async measure(): Promise<void> {
    this.step.show("busy", this.word("upload_busy"));
    this.step.offer();
    try {
      const first = await this.send(small);
      this.tell(first.ms < quick ? await this.send(large) : first);
    } catch {
      this.step.show("fails", "");
      this.step.explain(this.help("upload_none"));
    }
    this.step.offer([this.word(this.step.standing === "works" ? "again" : "try_again"), () => void this.measure()]);
  }

  private async send(bytes: number): Promise<{ bytes: number; ms: number }> {
    const begun = performance.now();
    const answer = await fetch(this.url, {
      method: "POST",
      body: noise(bytes),
      headers: { Accept: "application/json", "Content-Type": "application/octet-stream" },
      signal: AbortSignal.timeout(patience),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return { bytes, ms: Math.max(1, performance.now() - begun) };
  }

  private tell({ bytes, ms }: { bytes: number; ms: number }): void {
    const rate = (bytes * 8) / ms; // bits a millisecond are kbit/s
    const speed = (rate / 1000).toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 2 });
    if (rate < this.rate * reserve) this.step.show("limited", this.word("upload_slow", { speed }));
    else this.step.show("works", this.word(this.rate > 200 ? "upload_video" : "upload_enough", { speed }));
  }
}

/** Bytes that nothing on the way can make fewer of. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  const most = 65_536; // that the browser gives at once
  for (let at = 0; at < bytes; at += most) crypto.getRandomValues(out.subarray(at, at + most));
  return out;
}
