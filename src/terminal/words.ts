/** Writes words into lines of a terminal while they come, and breaks lines between them. */
import { colourful, type Format, type Paint, plain } from "./colours.ts";
import { WIDE, widthOf } from "./text.ts";

/** Blanks, or a letter of a script that is written without them: after either a line may end. */
const BREAKS = new RegExp(`( +|${WIDE.source})`, "u");

export class Words {
  readonly #write: (text: string) => void;
  readonly #columns: number;
  readonly #paint: Paint;
  /** What every line after the first of a paragraph begins with. */
  #indent = "";
  #column = 0;
  #blanks = "";
  /** The word that has not ended yet, in the parts that have a format each. */
  #word: (readonly [text: string, formats: readonly Format[]])[] = [];

  /** @param columns of a line; endless where nothing is to be broken */
  constructor(write: (text: string) => void, columns: number, colours: boolean) {
    this.#write = write;
    this.#columns = columns;
    this.#paint = colours ? colourful : plain;
  }

  /** Begins a paragraph: what stands before its first line, and before the others. */
  begin(first: string, indent: string): void {
    this.#write(first);
    this.#column = widthOf(first);
    this.#indent = indent;
  }

  put(text: string, formats: readonly Format[] = []): void {
    for (const part of text.split(BREAKS)) {
      if (part === "") continue;
      if (part.startsWith(" ")) {
        this.#end();
        this.#blanks += part;
      } else if (WIDE.test(part)) {
        this.#end();
        this.#word = [[part, formats]];
        this.#end();
      } else this.#word.push([part, formats]);
    }
  }

  /** Ends the line, and with it the paragraph. */
  newline(): void {
    this.#end();
    this.#write("\n");
    this.#blanks = "";
    this.#column = 0;
  }

  #end(): void {
    if (this.#word.length === 0) return;
    const width = this.#word.reduce((sum, [text]) => sum + widthOf(text), 0);
    const start = widthOf(this.#indent);
    const fits = this.#column + this.#blanks.length + width <= this.#columns;
    if (fits || this.#column <= start) {
      this.#write(this.#blanks);
      this.#column += this.#blanks.length;
    } else {
      this.#write(`\n${this.#indent}`);
      this.#column = start;
    }
    for (const [text, formats] of this.#word) {
      this.#write(formats.reduce((shown, format) => this.#paint(format, shown), text));
    }
    // One that is longer than a line was broken by the terminal itself.
    this.#column = Number.isFinite(this.#columns)
      ? ((this.#column + width - 1) % this.#columns) + 1
      : this.#column + width;
    this.#word = [];
    this.#blanks = "";
  }
}
