/** What a replica that follows says of itself, and how often it asks the one that leads for that. */
import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { Heads, nameByChance } from "../../../src/replicas/head.ts";
import { localOf } from "../../../src/replicas/local.ts";
import type { Target } from "../../../src/replicas/watch.ts";
import { KEY, leader } from "./servers.ts";

async function counted() {
  const came: string[] = [];
  const address = await leader(({ url = "" }, response) => {
    came.push(url);
    response.writeHead(url === "/readyz" ? 503 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ state: "stops" }));
  });
  const about = { protocol: 1, publicUrl: null, version: "", policy: "", engine: "" };
  const over = new AbortController().signal;
  const target: Target = { term: nameByChance(), address, repeatable: [], about, over };
  return { came, target };
}

it("asks the one that leads once a second, however often it is asked itself", async () => {
  let [one, clock] = [await counted(), 0];
  const local = localOf({
    ...{ heads: new Heads(KEY), target: () => one.target, gauges: () => [] },
    ...{ metricsToken: undefined, now: () => clock },
  });
  const ask = (url: string) => local({ method: "GET", url, headers: {} } as IncomingMessage);
  const all = (url: string) => Promise.all(Array.from({ length: 50 }, () => ask(url)));
  for (const answer of await all("/readyz")) {
    expect(answer?.status).toBe(503);
    expect(await answer?.json()).toEqual({ state: "stops" });
  }
  for (const answer of await all("/healthz?a=1"))
    expect(await answer?.json()).toMatchObject({ role: "follows", leader: "reached" });
  expect(one.came.toSorted()).toEqual(["/healthz", "/readyz"]);
  clock = 999;
  await all("/readyz");
  expect(one.came).toHaveLength(2);
  clock = 1000;
  await all("/readyz");
  expect(one.came.slice(2)).toEqual(["/readyz"]);
  // What the one before said is nothing of the next one's.
  one = await counted();
  await all("/readyz");
  expect(one.came).toEqual(["/readyz"]);
});
