/**
 * The gate: whether a call may be made, waits for its person, or is refused. Decided by what the tool
 * does and what the model has read, never by what either of them says.
 *
 * - A tool that only reads may be used once its person has allowed it in the chat.
 * - One that writes or sends waits for a click that shows its exact arguments, each time. The exception
 *   is a person who has written these very arguments, in a chat that holds nothing foreign and nothing
 *   private from elsewhere: then that was the choice.
 * - So at most two of foreign input, private data and side effects meet without a person (Meta's "rule
 *   of two"), and with anything foreign in the context there is no side effect at all.
 */
import type { Label, Tool } from "../../core/toolbox.ts";

export type Verdict = "run" | "ask";

/** What the model has read so far that its answer may come from. */
export type Labels = ReadonlySet<Label>;

export function decide(
  tool: Pick<Tool, "writes" | "sends" | "chosenIn">,
  given: unknown,
  context: Labels,
  /** What people have written in the chat, and nobody else. */
  words: readonly string[],
): Verdict {
  if (!tool.writes && !tool.sends) return "run";
  if (context.size > 0) return "ask";
  return tool.chosenIn?.(given, words) ? "run" : "ask";
}
