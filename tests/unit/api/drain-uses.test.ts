/** A server that is to stop waits for what is no turn as well: embeddings, scores. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { Drain } from "../../../src/server/drain.ts";

test("an engine that is in use is waited for, until its user lets go", async () => {
  const drain = new Drain();
  const engines = drain.around(only(scripted()));
  const use = new AbortController();
  expect((await engines.get(undefined, use.signal)).card.id).toBe("scripted");
  let over = false;
  const finished = drain.finish(60_000).then(() => {
    over = true;
  });
  await sleep(20);
  expect(over).toBe(false);
  use.abort();
  await finished;
});

test("one whose user has gone meanwhile is not", async () => {
  const drain = new Drain();
  const engines = drain.around(only(scripted()));
  await engines.get(undefined, AbortSignal.abort()).catch(() => {});
  await drain.finish(60_000);
});
