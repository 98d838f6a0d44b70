/** The file on a run: it counts whose texts they are, repeats none of them, and lets no name break its form. */
import { expect, test } from "vitest";
import { prepare } from "../../../src/features/training/data/prepare.ts";
import { type Account, originOf } from "../../../src/features/training/report.ts";
import { accountTold } from "../../../src/features/training/report-told.ts";
import { settings } from "../../../src/features/training/settings.ts";

const SECRET = "lighthouse";

async function account(): Promise<Account> {
  const rows = Array.from({ length: 20 }, (_, n) => ({
    // The half are stored chats, two of them in two rows each.
    ...(n < 10 && { id: `0000000${n % 8}-0000-4000-8000-000000000000` }),
    messages: [
      {
        role: "user",
        content: `The ${SECRET} ${n} of [IBAN_${n % 3}], [EMAIL_1] and [EMAIL_1.2]?`,
      },
      { role: "assistant", content: `Number ${n}.` },
    ],
  }));
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  const { look, ...data } = await prepare([{ name: "a|b\n# x.jsonl", text }], async (one) => one);
  const plan = {
    name: "Tone\n# [x](y)",
    model: "m",
    look,
    settings: settings.parse({}),
    version: "1",
  };
  return {
    ...{ format: "charla-training-report-1", madeAt: "2026-11-30T06:00:00.000Z" },
    run: {
      ...{ id: "one", state: "cut", done: 1, total: 2, plan: { ...plan, whose: "agreed" } },
      ...{
        result: null,
        error: null,
        gone: 2,
        createdAt: "2026-11-30T05:00:00.000Z",
        endedAt: null,
      },
    },
    ...{ origin: originOf(data, 2), merged: [], measured: [] },
  };
}

test("chats are counted by where they come from, and placeholders by their kinds", async () => {
  const { origin } = await account();
  expect(origin).toEqual({
    ...{ storedChats: 8, fromStored: 10, fromFiles: 10, erased: 2 },
    placeholders: { EMAIL: 1, IBAN: 3 },
  });
});

test.each(["en", "es"] as const)(
  "it tells all of it and no text of a chat (%s)",
  async (language) => {
    const all = await account();
    const told = accountTold(all, language);
    expect(told).toContain(language === "en" ? "who have agreed" : "que están de acuerdo");
    expect(told).toContain(all.run.plan.look.digest);
    expect(told).toMatch(/\| IBAN \| 3 \|/);
    expect(told).toMatch(/\| rank \| 8 \|/);
    expect(told).not.toContain(SECRET);
    expect(JSON.stringify(all)).not.toContain(SECRET);
    // What people have called things stays within its line and its cell.
    expect(told.match(/^# .*$/gm)).toHaveLength(1);
    expect(told).toContain("a\\|b \\# x.jsonl |");
    expect(told).not.toContain("[x](y)");
  },
);
