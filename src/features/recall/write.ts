/** Lets a model write down in short what some of its answers say. */
import type { RunTurn } from "../../core/turn.ts";
import type { Turn } from "../../core/types.ts";

/** Turns of this feature's own, which nothing is looked up for. */
export const ORIGIN = "summary";
const MOST_TOKENS = 300;

const ASKED =
  "Below are answers from a chat. Write down in short notes, in their language, every name, number, date, " +
  "decision and reason in them. Leave out everything else, add nothing, and write no introduction.";

/** @returns "" where the model wrote nothing, or was cut off in the middle of a word */
export async function summarise(
  run: RunTurn,
  answers: readonly string[],
  { model, signal }: Pick<Turn, "model" | "signal">,
): Promise<string> {
  const content = `${ASKED}\n\n${answers.join("\n\n---\n\n")}`;
  let written = "";
  const turn: Turn = {
    ...{ messages: [{ role: "user", content }], model, origin: ORIGIN, signal },
    sampling: { temperature: 0, topP: 1, maxTokens: MOST_TOKENS },
  };
  for await (const delta of run(turn)) {
    if (delta.type === "text") written += delta.text;
    // Half of a note is better left out than told.
    if (delta.type === "finish" && delta.finish.reason === "cancelled") return "";
    if (delta.type === "finish" && delta.finish.reason === "length")
      written = written.slice(0, written.lastIndexOf("\n") + 1);
  }
  return written.trim();
}
