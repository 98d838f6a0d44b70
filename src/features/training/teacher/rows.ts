/** What a teacher has written as a file to learn from: each row says who wrote it, and from what. */
import type { Item, Writing } from "./plan.ts";

/** As JSON lines in OpenAI's form, with `teacher` and, of what was made up, `synthetic` beside. */
export function fileOf({ teacher, synthetic }: Writing, items: readonly Item[]): string {
  const said = synthetic && { synthetic: descriptionOf(synthetic) };
  const lines = items.flatMap(({ messages, from, answer, fault }) =>
    answer === undefined || fault
      ? []
      : [
          {
            ...(from && { id: from }),
            messages: [...messages, { role: "assistant", content: answer }],
            ...{ teacher, ...said },
          },
        ],
  );
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

const descriptionOf = ({ about, language, tone }: NonNullable<Writing["synthetic"]>) => ({
  ...{ about, language, tone },
});
