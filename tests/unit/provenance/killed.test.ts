/** A server that is killed at any moment has the entry of every answer that it acknowledged. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openHouse } from "../../../src/app/house.ts";
import { readConfig } from "../../../src/config.ts";
import { verifyConsistency } from "../../../src/core/tlog/merkle.ts";
import { provenance } from "../../../src/features/provenance/open.ts";
import { verify } from "../../../src/features/provenance/verify/verify.ts";
import { start, temporary } from "../../fixtures/charla.ts";
import type { Json } from "../core/serve.ts";

/** A release is tried with 100: CHARLA_TEST_KILLS=100. */
const ROUNDS = Number(process.env.CHARLA_TEST_KILLS || 8);
const SCRIPT = fileURLToPath(new URL("./killed-server.ts", import.meta.url));

async function serve(home: string) {
  const child = start(process.execPath, [SCRIPT, home]);
  if (!child.stdout) throw new Error("no output");
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, url };
}

async function send(url: string, body?: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const post = { method: "POST", headers, body: JSON.stringify(body) };
  const reply = await fetch(url, body === undefined ? {} : post);
  if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
  return reply;
}

const json = async (url: string, body: unknown): Promise<Json> => (await send(url, body)).json();

test(
  "loses no entry, forks nothing, and leaves no entry without its receipt",
  async () => {
    const home = temporary();
    /** Text of each answer that was acknowledged, by where its receipt is. */
    const acknowledged = new Map<string, string>();
    const checkpoints: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { child, url } = await serve(home);
      const byApi = async (count: number) => {
        const messages = [{ role: "user", content: `round ${round}, question ${count}` }];
        const body = { model: "scripted", messages, stream: count % 2 === 0 };
        const reply = await send(`${url}/v1/chat/completions`, body);
        const name = reply.headers.get("charla-receipt");
        const text = await reply.text();
        // Of a stream the last event says so.
        if (text.includes("[DONE]") || !body.stream) acknowledged.set(`/api/receipts/${name}`, "");
      };
      const byChat = async (count: number) => {
        const { id } = await json(`${url}/api/conversations`, {});
        const asked = { content: `round ${round}, chat ${count}`, parentId: null };
        const turn = await json(`${url}/api/conversations/${id}/turns`, asked);
        const at = `/api/conversations/${id}/messages/${turn.answer.id}`;
        const events = await (await send(`${url}${at}/stream`)).text();
        if (events.includes('"type":"end"')) acknowledged.set(`${at}/receipt`, "whole");
      };
      const byCheckpoint = async () => {
        checkpoints.push(await (await send(`${url}/log/checkpoint`)).text());
        await sleep(20);
      };
      let killed = false;
      const lost = (thrown: unknown) => {
        if (!killed) throw thrown;
      };
      const again = async (work: (count: number) => Promise<void>) => {
        for (let count = 0; !killed; count++) await work(count);
      };
      const writers = [byApi, byApi, byChat, byCheckpoint].map((one) => again(one).catch(lost));
      // Some are killed while they begin, the others when they are at work.
      const before = acknowledged.size;
      while (round % 4 > 0 && acknowledged.size === before) await sleep(10);
      await sleep(Math.random() * 400);
      killed = true;
      child.kill("SIGKILL");
      await Promise.all([once(child, "exit"), ...writers]);
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS / 2);

    const { child, url } = await serve(home);
    for (const [path, whole] of acknowledged) {
      const file = await (await send(url + path)).text();
      const { verdict, receipts } = await verify(file);
      // Whoever asked by the API has the text, the server only its salt.
      expect(verdict, path).toBe(whole === "" ? "open" : "holds");
      expect(receipts[0]?.findings).toContainEqual(
        expect.objectContaining({ what: "inclusion", state: "yes" }),
      );
    }
    child.kill("SIGKILL");
    await once(child, "exit");

    await using house = await openHouse(readConfig({ engine: "scripted", home }, {}), () => {});
    const { db, ledger } = house.of(provenance);
    const { size, root } = await ledger.checkpoint();
    const entries = (await ledger.entries(0, size)).map((text) => JSON.parse(text));
    const rows = await db.selectFrom("receipt").select(["id", "seq"]).execute();
    expect(entries.filter(({ kind }) => kind === "answer")).toHaveLength(rows.length);
    for (const { id, seq } of rows) expect(entries[seq].id).toBe(id);
    expect(entries.some(({ kind }) => kind === "restored")).toBe(false);
    // Whatever was signed in between is the beginning of what there is now.
    for (const note of checkpoints) {
      const [, count = "", hash = ""] = note.split("\n");
      const proof = await ledger.consistency(Number(count), size);
      const held = new Uint8Array(Buffer.from(hash, "base64"));
      expect(verifyConsistency(Number(count), size, proof, held, root)).toBe(true);
    }
    expect(await ledger.contradicts()).toBe(false);
  },
  60_000 + ROUNDS * 10_000,
);
