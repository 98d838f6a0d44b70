/** The mark by the policy: who is marked, who is told why not, who is refused; and its keys. */
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { granting } from "../../../src/core/extras.ts";
import { askEngine, compose } from "../../../src/core/turn.ts";
import type { Extras, Turn } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import {
  type WatermarkKey,
  WatermarkKeys,
} from "../../../src/features/provenance/watermark/keys.ts";
import { type Mode, markStep } from "../../../src/features/provenance/watermark/step.ts";
import { migrations } from "../../../src/features/provenance/watermark/tables.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { serve } from "../../fixtures/shared-mode.ts";
import { sealing } from "../../fixtures/vault.ts";
import { keyOf } from "./marking.ts";

/** An engine that draws by keys, and says that so many tokens were. */
function drawing(tokens: number) {
  const asked: (Extras | undefined)[] = [];
  const engine = {
    ...scripted(),
    grants: ["draw"] as const,
    async *generate({ extras }: { extras?: Extras | undefined }) {
      asked.push(extras);
      yield "yes";
      const made = extras?.draw && { draw: { key: extras.draw.id, tokens } };
      const counts = { promptTokens: 1, cachedTokens: 0, completionTokens: 9 };
      yield { reason: "stop", ...counts, made } as const;
    },
  };
  return { engine, asked };
}

async function markOf(mode: Mode, engine = scripted(), changes: Partial<Turn> = {}, keyed = true) {
  const current = keyed ? async () => keyOf(1) : undefined;
  const run = compose([markStep(mode, current)], askEngine(granting(only(engine))));
  const sampling = { temperature: 0.7, topP: 0.9, maxTokens: 20 };
  const messages = [{ role: "user", content: "Hello" } as const];
  const { signal } = new AbortController();
  const last = (
    await Array.fromAsync(run({ messages, sampling, origin: "page", signal, ...changes }))
  ).at(-1);
  return last?.type === "finish" ? last.finish.mark : undefined;
}
const greedy = { sampling: { temperature: 0, topP: 1, maxTokens: 20 } };

test("an answer says by which key it was marked, and of another's wishes none is lost", async () => {
  const { engine, asked } = drawing(7);
  const extras = { topK: 4 };
  const wide = { ...engine, grants: ["draw", "topK"] as const };
  expect(await markOf("on", wide, { extras })).toEqual({ key: "wm-1", tokens: 7, of: 9 });
  expect(asked[0]).toMatchObject({ topK: 4, draw: { id: "wm-1", required: false } });
});

test("where it could not be marked it says why", async () => {
  expect(await markOf("on", drawing(7).engine, greedy)).toEqual({ none: "greedy" });
  expect(await markOf("on", drawing(0).engine)).toEqual({ none: "short" });
  expect(await markOf("on", scripted())).toEqual({ none: "engine" });
  expect(await markOf("on", scripted(), {}, false)).toEqual({ none: "no-key" });
});

test("a policy that wants none leaves the turn as it is", async () => {
  const { engine, asked } = drawing(7);
  expect(await markOf("off", engine)).toBeUndefined();
  expect(asked).toEqual([undefined]);
});

test("a policy that requires it refuses what cannot be marked, but for what is no answer", async () => {
  expect(await markOf("required", drawing(7).engine)).toMatchObject({ key: "wm-1" });
  await expect(markOf("required", scripted())).rejects.toMatchObject({ code: "draw_not_granted" });
  const refused = markOf("required", drawing(7).engine, greedy);
  await expect(refused).rejects.toMatchObject({ code: "mark_greedy", status: 400 });
  await expect(markOf("required", scripted(), {}, false)).rejects.toMatchObject({
    code: "mark_without_key",
  });
  const title = { ...greedy, origin: "title" };
  expect(await markOf("required", drawing(7).engine, title)).toEqual({ none: "greedy" });
});

const opened = () => freshDatabase([vaultTables, { name: "watermark", migrations }]);

test("keys are sealed, made once, and the same after a restart", async () => {
  const database = await opened();
  const { db, vault } = sealing(database);
  const told: WatermarkKey[] = [];
  const keys = new WatermarkKeys(db, vault, 365, async (key) => told.push(key));
  const [one, two] = await Promise.all([keys.current(), keys.current()]);
  expect(two).toBe(one);
  expect(told).toEqual([one]);
  const rows = await db.selectFrom("watermark_key").selectAll().execute();
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(one.key);
  const again = new WatermarkKeys(db, sealing(database).vault, 365);
  expect((await again.current()).key).toBe(one.key);
});

test("another key marks when the newest is old, and the old ones stay known", async () => {
  const { db, vault } = sealing(await opened());
  const first = await new WatermarkKeys(db, vault, 0).current();
  const since = new Date(Date.now() - 40 * 24 * 3600 * 1000).toISOString();
  await db.updateTable("watermark_key").set({ since }).execute();
  expect((await new WatermarkKeys(db, vault, 0).current()).id).toBe(first.id);
  const keys = new WatermarkKeys(db, vault, 30);
  const [one, two] = await Promise.all([keys.current(), keys.current()]);
  expect(one.id).not.toBe(first.id);
  expect(two).toBe(one);
  expect((await keys.all()).map(({ id }) => id)).toEqual([one.id, first.id]);
});

test("a database that fails once is asked again", async () => {
  const { db, vault } = sealing(await opened());
  let broken = true;
  const once = {
    of: (who: string) => (broken ? Promise.reject(new Error("no")) : vault.of(who)),
    destroy: async () => {},
  };
  const keys = new WatermarkKeys(db, once, 365);
  await expect(keys.current()).rejects.toThrow("no");
  broken = false;
  await expect(keys.current()).resolves.toMatchObject({ id: expect.stringMatching(/^wm-/) });
});

test("a text is looked at for who has an account, or for anyone, and not too often", async () => {
  const body = { text: "Anything at all." };
  const place = await serve();
  const ana = await place.administrator();
  expect((await place.browser().call("POST", "/api/provenance/detect", body)).status).toBe(401);
  // The scripted engine has no tokens of its own.
  const refused = await ana.call("POST", "/api/provenance/detect", body);
  expect(refused.status).toBe(400);
  expect(refused.body.error.code).toBe("detector_without_words");
  const long = await ana.call("POST", "/api/provenance/detect", { text: "a".repeat(100_001) });
  expect(long.status).toBe(400);
  const open = await serve({ policy: '[provenance]\nverify = "anyone"\n' });
  await open.administrator();
  const statuses = new Set<number>();
  for (let n = 0; n < 25; n++) {
    statuses.add((await open.browser().call("POST", "/api/provenance/detect", body)).status);
  }
  expect(statuses).toEqual(new Set([400, 429]));
});
