/** Careless copies of questions that are learned from, and those that only measure what came of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL_RECIPES, RECIPES_OF } from "../../../src/core/perturb.ts";
import { perturbedChats, probesOf } from "../../../src/features/training/data/perturbed.ts";
import { prepare } from "../../../src/features/training/data/prepare.ts";
import { FAMILIES, RECIPES } from "../../../src/features/training/defaults.ts";

const QUESTIONS = {
  en: (n: number) => `In winter ${n}, how does Laura open the door ${n} of her house ${n}?`,
  es: (n: number) => `¿Qué época del año ${n} es mejor para visitar la habitación ${n} de la casa?`,
};

async function chatsIn(language: "en" | "es") {
  const rows = Array.from({ length: 30 }, (_, n) => ({
    messages: [
      { role: "user", content: `Before ${n}?` },
      { role: "assistant", content: "Said before." },
      { role: "user", content: QUESTIONS[language](n) },
      { role: "assistant", content: `With key ${n}.` },
    ],
  }));
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  return prepare([{ name: "a.jsonl", text }]);
}

test("the families of the page are those that there are, and the half leaves some of each language", () => {
  expect([...RECIPES].toSorted()).toEqual([...ALL_RECIPES].toSorted());
  for (const all of Object.values(RECIPES_OF)) {
    const learned = all.filter((one) => FAMILIES.some((each) => each === one));
    expect(learned.length).toBeGreaterThan(0);
    expect(all.length - learned.length).toBeGreaterThan(1);
  }
});

test.each(["en", "es"] as const)(
  "in %s a copy has another question, the same answer, and is always the same one",
  async (language) => {
    const { train, test: held } = await chatsIn(language);
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.subarray([...RECIPES_OF[language]], { minLength: 1 }),
        (seed, families) => {
          const copies = perturbedChats(train, families, seed);
          expect(copies).toEqual(perturbedChats(train, families, seed));
          expect(copies.length).toBeLessThanOrEqual(train.length);
          for (const copy of copies) {
            const whole = train.find(({ id }) => copy.id.startsWith(id));
            const [before, said, question, answer] = copy.messages;
            expect([before, answer]).toEqual([whole?.messages[0], whole?.messages[3]]);
            // What was said before was learned from the chat itself.
            expect(said).toEqual({ role: "assistant", content: "Said before.", weight: 0 });
            expect(question?.content).not.toBe(whole?.messages[2]?.content);
            expect(families.some((one) => copy.id.endsWith(one))).toBe(true);
          }
          for (const { at, seen, messages } of probesOf(held, families, seed)) {
            expect(messages.at(-1)).toEqual(held[at]?.messages.at(-1));
            expect(messages[2]?.content).not.toBe(held[at]?.messages[2]?.content);
            if (families.length === RECIPES_OF[language].length) expect(seen).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  },
);

test("where nothing is learned from slips, nothing is measured by them", async () => {
  const { train, test: held } = await chatsIn("en");
  expect([perturbedChats(train, [], 1), probesOf(held, [], 1)]).toEqual([[], []]);
});
