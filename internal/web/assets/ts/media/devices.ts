import { create, memory } from "../lib/dom";
import { chooseDevice, devices, watchDevices } from "./capture";
import type { Words } from "./words";

type DeviceKind = "audioinput" | "videoinput";

/** Lists to choose devices of some kinds from. They show only when there is a choice. */
export class DeviceLists {
  readonly element = create("div", { className: "record-devices" });
  private readonly ignore: () => void;

  constructor(
    private readonly kinds: DeviceKind[],
    private readonly words: Pick<Words, "microphone" | "camera">,
    private readonly chosen: () => void,
  ) {
    this.ignore = watchDevices(() => void this.refresh());
  }

  /** Reads anew what is plugged in. */
  async refresh(): Promise<void> {
    const made = await Promise.all(this.kinds.map((kind) => this.list(kind)));
    this.element.replaceChildren(...made.filter((list) => list !== null));
    this.element.hidden = this.element.childElementCount === 0;
  }

  close(): void {
    this.ignore();
  }

  private async list(kind: DeviceKind): Promise<HTMLElement | null> {
    const name = kind === "audioinput" ? this.words.microphone : this.words.camera;
    const found = await devices(kind);
    if (found.length < 2) return null;
    const select = create("select", { className: "select" });
    for (const [i, device] of found.entries()) {
      select.append(create("option", { value: device.deviceId }, device.label || `${name} ${i + 1}`));
    }
    const last = memory.get(`device ${kind}`);
    if (found.some((device) => device.deviceId === last)) select.value = last ?? "";
    select.addEventListener("change", () => {
      chooseDevice(kind, select.value);
      this.chosen();
    });
    return create("label", { className: "field" }, create("span", { className: "label" }, name), select);
  }
}
