/**
 * Shows an answer while it is written. Standard output gets the answer, in words and colours where it
 * is a terminal; a sign of life, the place in the queue and the speed go to standard error.
 */
import type { Finish, Text, Waiting } from "../../core/types.ts";
import { language, t } from "../../locales/index.ts";
import { queueWords } from "../../locales/queue.ts";
import { Activity } from "../../terminal/activity.ts";
import { paintFor, plain } from "../../terminal/colours.ts";
import { Markdown } from "../../terminal/markdown.ts";
import { columnsOf } from "../../terminal/text.ts";
import { Words } from "../../terminal/words.ts";
import { tell } from "../shared.ts";

export interface Answer {
  /** What is done until the first word comes. */
  busy(text: string): void;
  waiting(waiting: Waiting): void;
  text(delta: Text): void;
  /** Ends the line, and says how fast it was. */
  end(finish: Finish | undefined): void;
  /** Takes away what only stood there meanwhile. */
  close(): void;
}

export class Screen {
  /** One object of JSON in the end, and no text before. */
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  answer(): Answer {
    const { stdout, stderr } = process;
    const colours = paintFor(stdout) !== plain;
    const activity = new Activity(stderr);
    const write = (text: string) => void stdout.write(text);
    const shown =
      stdout.isTTY || colours ? new Markdown(write, columnsOf(stdout), colours) : undefined;
    let thought: Words | undefined;
    const endThought = () => {
      thought?.newline();
      if (thought) write("\n");
      thought = undefined;
    };
    return {
      busy: (text) => activity.show(text),
      waiting(waiting) {
        const { place, time } = queueWords(waiting, language);
        activity.show(time ? t("chat.placeAndTime", { place, time }) : t("chat.place", { place }));
      },
      text: ({ text, reasoning, toolCall }) => {
        if (this.json) return;
        activity.clear();
        if (toolCall) tell(t("chat.tool", { name: printable(toolCall.name) }), "dim");
        // A pipe gets the answer alone, every byte of it.
        if (!shown) return write(text);
        if (reasoning) {
          thought ??= begun(new Words(write, columnsOf(stdout), colours));
          think(thought, printable(reasoning));
        }
        if (text === "") return;
        endThought();
        shown.push(printable(text));
        if (shown.holds) activity.show(t("chat.table"));
      },
      end(finish) {
        activity.clear();
        endThought();
        if (shown) shown.end();
        else write("\n");
        if (stdout.isTTY && stderr.isTTY && finish) tell(speedOf(finish), "dim");
      },
      close: () => activity.clear(),
    };
  }
}

/** A thought stands behind a line, since not every terminal shows it dim. */
function begun(words: Words): Words {
  words.begin(paintFor(process.stdout)("dim", "│ "), "│ ");
  return words;
}

function think(words: Words, text: string): void {
  for (const [at, line] of text.split("\n").entries()) {
    if (at > 0) {
      words.newline();
      begun(words);
    }
    words.put(line, ["dim"]);
  }
}

function speedOf({ reason, completionTokens, tokensPerSecond, firstTokenMs }: Finish): string {
  const number = (value: number) => value.toLocaleString(language, { maximumSignificantDigits: 2 });
  const speed = t("chat.speed", {
    tokens: completionTokens,
    speed: number(tokensPerSecond),
    first: number(firstTokenMs / 1000),
  });
  const cut = reason === "length" ? [t("chat.cut")] : [];
  return [speed, ...cut].join(" · ");
}

/** A model must not move the cursor or retitle the window. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, "");
}
