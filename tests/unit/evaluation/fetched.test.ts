/** WikiText-2 is taken by its digest alone, from the data folder or from where it is fetched. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WIKITEXT, wikitext } from "../../../src/features/evaluation/texts/fetched.ts";
import { temporary } from "../../fixtures/charla.ts";
import { testHouse } from "../../fixtures/house.ts";

const settingsIn = (home: string) => ({ ...testHouse().of({ name: "" }).settings, home });

test("what is another text is not taken, wherever it lies, and the error says what to bring", async () => {
  const home = temporary();
  mkdirSync(join(home, "evaluation"));
  writeFileSync(join(home, "evaluation", "wikitext-2.txt"), "something else");
  const asked: [string, number][] = [];
  const read = async (url: string, most: number) => {
    asked.push([url, most]);
    return new Response("another text");
  };
  const given = { read, settings: settingsIn(home) };
  await expect(wikitext(given)).rejects.toMatchObject({
    code: "evaluation_text_unreachable",
    params: { reason: "SHA-256", digest: WIKITEXT.digest },
  });
  expect(asked).toEqual([[WIKITEXT.url, WIKITEXT.bytes]]);
  // The commit is in the address, so that it stays the same text.
  expect(WIKITEXT.url).toMatch(/\/[0-9a-f]{40}\//);
});

test("no network and no such page are told with where to get it", async () => {
  const settings = settingsIn(temporary());
  const down = wikitext({ settings, read: () => Promise.reject(new Error("no route")) });
  await expect(down).rejects.toMatchObject({ params: { reason: "Error: no route" } });
  const gone = wikitext({ settings, read: async () => new Response("", { status: 404 }) });
  await expect(gone).rejects.toMatchObject({ params: { reason: "404", url: WIKITEXT.url } });
});
