/** Three Charlas on one database: whoever is asked, one answers, and when that one ends, another does. */
import { expect, it } from "vitest";
import { ended as result } from "../../fixtures/charla.ts";
import {
  administrator,
  at,
  Charlas,
  ended,
  freePort,
  metric,
  type One,
  upstream,
} from "./replicas.ts";

/** The one that leads first. */
const rank = ({ told }: One) => Number(!told.includes("leads, as"));

it("answers whoever is asked, with the same sessions, chats and running answers", async () => {
  const all = await Charlas.on(await upstream(20));
  // All want to lead, and one does.
  const started = await Promise.all([all.add(), all.add(), all.add()]);
  const [one, ...others] = started.toSorted((a, b) => rank(a) - rank(b)) as [One, One, One];
  const [two, three] = others;
  const ana = await administrator(one);
  // A question at one that follows; the answer is read at another.
  const there = at(two, ana);
  const { id } = await there.must("POST", "/api/conversations", {});
  const asked = { content: "count to 40", parentId: null };
  const { answer } = await there.must("POST", `/api/conversations/${id}/turns`, asked);
  const path = `/api/conversations/${id}/messages/${answer.id}/stream`;
  const { body, status } = await at(three, ana).call("GET", path);
  expect({ status, body: body.includes("40") }).toEqual({ status: 200, body: true });
  for (const each of [one, two, three]) {
    expect(await at(each, ana).person()).toBe("ana@example.org");
  }
  expect(await Promise.all([one, two, three].map((each) => metric(each, "leads")))).toEqual([
    1, 0, 0,
  ]);
  expect(await metric(two, "forwarded")).toBeGreaterThan(0);
  // Nobody else can say where a request comes from, nor have one go round.
  const forged = await fetch(`${one.url}/readyz`, { headers: { "x-charla-replica": "forged" } });
  expect(forged.status).toBe(421);
  expect(await forged.json()).toMatchObject({ error: { code: "replica_not_here" } });
  const health = await (await fetch(`${two.url}/healthz`)).json();
  expect(health).toEqual({ state: "alive", role: "follows", leader: "reached" });
  expect((await fetch(`${two.url}/readyz`)).status).toBe(200);

  // What cannot stand beside the others is told so, and ends.
  const refused = async (env: NodeJS.ProcessEnv) => {
    const { code, stderr } = await result(all.spawn(await freePort(), env));
    return { code, told: stderr };
  };
  const told = await Promise.all([
    refused({ CHARLA_MASTER_KEY: "0".repeat(64) }),
    refused({ CHARLA_PUBLIC_URL: "https://other.example.org" }),
    refused({ CHARLA_REPLICA: `http://127.0.0.1:${new URL(one.url).port}` }),
    refused({ CHARLA_DATABASE_URL: "" }),
    refused({ CHARLA_REPLICA: "" }),
  ]);
  expect(told.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1]);
  for (const [at, words] of [
    "is not the one that this database",
    "publicUrl is https://other.example.org here",
    "CHARLA_REPLICA is",
    "the database is a file",
    "already using the database",
  ].entries()) {
    expect(told[at]?.told).toContain(words);
  }

  // They end as one alone does.
  for (const { child } of [one, two, three]) child.kill("SIGTERM");
  for (const { child } of [one, two, three]) {
    await ended(child);
    expect(child.exitCode).toBe(0);
  }
});
