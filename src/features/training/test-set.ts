/** The test set of a run as a set of questions for the lab: `charla eval ask --set FILE`. */
import type { Data } from "./sealing.ts";

/** The last question of each chat, with all that was said before, and its answer as the reference. */
export function testSetOf({ test }: Pick<Data, "test">): string {
  const lines = test.flatMap(({ id, messages, bad }) => {
    const answer = messages.at(-1);
    if (bad || answer?.role !== "assistant") return [];
    const item = { id: id.slice(0, 16), kind: "qa", messages: messages.slice(0, -1) };
    return [JSON.stringify({ ...item, references: [answer.content] })];
  });
  return lines.map((line) => `${line}\n`).join("");
}
