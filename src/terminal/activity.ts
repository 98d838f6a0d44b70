/** One line that says what is going on, and for how long, until there is something to read. */
import { redraws } from "./colours.ts";
import { wrap } from "./text.ts";

type Stream = Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">;

const SECOND_MS = 1000;

export class Activity {
  readonly #stream: Stream;
  #clock: NodeJS.Timeout | undefined;
  #text = "";
  #seconds = 0;

  /** @param stream a terminal; anything else is told nothing */
  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** The seconds count from the last time that nothing was shown. */
  show(text: string): void {
    if (!redraws(this.#stream)) return;
    this.#text = text;
    this.#clock ??= setInterval(() => {
      this.#seconds += 1;
      this.#draw();
    }, SECOND_MS);
    this.#draw();
  }

  clear(): void {
    if (this.#clock) this.#stream.write("\r\x1b[K");
    clearInterval(this.#clock);
    this.#clock = undefined;
    this.#seconds = 0;
  }

  #draw(): void {
    const whole = this.#seconds === 0 ? this.#text : `${this.#text} (${this.#seconds} s)`;
    // A line that is broken could not be drawn over.
    const [line = ""] = wrap(whole, (this.#stream.columns || 80) - 1);
    this.#stream.write(`\r\x1b[K${line}`);
  }
}
