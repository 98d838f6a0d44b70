/**
 * A text that fits into no model here is refused by its length, before any step looks at it: to look
 * at it takes time, and nobody could be answered.
 */
import type { Engines } from "./engine.ts";
import { CharlaError } from "./errors.ts";
import type { Intake } from "./intake.ts";
import type { Step } from "./turn.ts";

/** Few tokens are longer, and no text has only such. */
const CHARACTERS_A_TOKEN = 64;
/** Characters that fit into any model. */
const ALWAYS = 2048 * CHARACTERS_A_TOKEN;

type Listed = Pick<Engines, "list">;

/** @throws CharlaError `text_too_long` */
async function expectRoom(engines: Listed, length: number): Promise<void> {
  if (length <= ALWAYS) return;
  const windows = (await engines.list()).map(({ contextWindow }) => contextWindow);
  const limit = Math.max(ALWAYS, ...windows.map((one) => one * CHARACTERS_A_TOKEN));
  // Where there is no model at all, that is what the turn is told.
  if (windows.length > 0 && length > limit) throw tooLong(length, limit);
}

/** The system's words, and what is to be answered; older messages may fall out. */
export const roomy =
  (engines: Listed): Step =>
  (turn, next) => {
    const { messages } = turn;
    const last = messages.findLastIndex(({ role, toolCallId }) => role === "user" && !toolCallId);
    const longest = messages.reduce(
      (most, { role, content }, index) =>
        role === "system" || index >= last ? Math.max(most, content.length) : most,
      0,
    );
    if (longest <= ALWAYS) return next(turn);
    return (async function* () {
      await expectRoom(engines, longest);
      yield* next(turn);
    })();
  };

/** For what a chat is to store and ask; an import brings what was asked elsewhere. */
export const roomyIntake =
  (engines: Listed): Intake =>
  async ({ kind, text }) => {
    if (kind !== "import") await expectRoom(engines, text.length);
    return text;
  };

function tooLong(length: number, limit: number): CharlaError {
  return new CharlaError("text_too_long", {
    status: 400,
    param: "messages",
    message: "A text of {length} characters fits into no model here: none takes more than {limit}.",
    hint: "Shorten it, or choose a part of it.",
    params: { length, limit },
  });
}
