/**
 * Turns on their way into the instruments, whose library takes 3.5 MB and 70 to 300 ms to load: it
 * is loaded a moment after the first turn, so that neither the start nor an answer waits for it.
 */
import type { EngineLoad } from "../../core/extras.ts";
import type { Gauge } from "../../core/gauges.ts";
import type { Measured } from "./measure.ts";
import type { Meters } from "./meters.ts";

const LATER_MS = 1000;

type Library = { readonly Meters: typeof Meters };

export class Counted {
  readonly #loads: () => readonly EngineLoad[];
  readonly #log: (line: string, error: unknown) => void;
  readonly #library: () => Promise<Library>;
  #waiting: Measured[] = [];
  #timer: NodeJS.Timeout | undefined;
  #loading: Promise<Meters> | undefined;
  #meters: Meters | undefined;

  constructor(
    loads: () => readonly EngineLoad[],
    log: (line: string, error: unknown) => void,
    library: () => Promise<Library> = () => import("./meters.ts"),
  ) {
    this.#loads = loads;
    this.#log = log;
    this.#library = library;
  }

  add(measured: Measured): void {
    if (this.#meters) {
      this.#meters.record(measured);
      return;
    }
    this.#waiting.push(measured);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#load().catch((thrown) => this.#log("the turns are not counted", thrown));
    }, LATER_MS).unref();
  }

  /** In Prometheus' text format. */
  async text(gauges: readonly Gauge[] = []): Promise<string> {
    return (await this.#load()).text(gauges);
  }

  #load(): Promise<Meters> {
    this.#loading ??= this.#start().catch((thrown) => {
      // The turns that waited are lost; the next one tries again.
      this.#loading = undefined;
      this.#waiting = [];
      throw thrown;
    });
    return this.#loading;
  }

  async #start(): Promise<Meters> {
    const { Meters } = await this.#library();
    const meters = new Meters(this.#loads);
    for (const measured of this.#waiting) meters.record(measured);
    this.#waiting = [];
    this.#meters = meters;
    return meters;
  }
}
