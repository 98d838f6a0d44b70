/**
 * What the log and the receipts cost, on SQLite: `node bench/ledger.ts [entries]`. Prints JSON: the time of a
 * receipt with its entry, paired with the same transaction without; entries per second where each has a
 * transaction of its own; and the time of a proof of inclusion in a large log.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHouse } from "../src/app/house.ts";
import { readConfig } from "../src/config.ts";
import type { Answered } from "../src/core/receipts.ts";

const ANSWERS = 2000;
const PROOFS = 1000;
/** Entries of one transaction while the large log is filled. */
const BATCH = 10_000;

const size = Number(process.argv[2] ?? 1_000_000);
const home = mkdtempSync(join(tmpdir(), "charla-ledger-"));
try {
  console.log(JSON.stringify(await measure(), null, 2));
} finally {
  rmSync(home, { recursive: true });
}

async function measure() {
  const config = readConfig({ engine: "scripted", port: 0, home }, {});
  await using house = await openHouse(config, () => {});
  const { db, ledger, others } = house.of({ name: "provenance" });
  const receipts = others.receipts();
  if (!receipts) throw new Error("there is nobody who keeps receipts");
  const about = (index: number): Answered => ({
    ...{ owner: "ana", text: "An answer of some words. ".repeat(40), status: "done", seed: index },
    ...{
      tokens: 240,
      messages: [{ role: "user", content: "A question of some words. ".repeat(10) }],
    },
    ...{ model: { name: "starter" }, sampling: { temperature: 1, topP: 1, maxTokens: 512 } },
  });
  await db.schema.createTable("bench_answer").addColumn("text", "text").execute();
  const [bare, proved]: [number[], number[]] = [[], []];
  for (let index = 0; index < ANSWERS; index++) {
    const answer = about(index);
    for (const withReceipt of index % 2 === 0 ? [true, false] : [false, true]) {
      const began = performance.now();
      const receipt = withReceipt ? await receipts.make(answer) : undefined;
      await db.transaction().execute(async (trx) => {
        await trx.insertInto("bench_answer").values({ text: answer.text }).execute();
        await receipt?.store(trx);
      });
      (withReceipt ? proved : bare).push(performance.now() - began);
    }
  }
  const entry = (index: number) => ({ v: 1, ts: "2026-11-29T00:00:00.000Z", kind: "bench", index });
  const began = performance.now();
  for (let index = 0; index < ANSWERS; index++) {
    await db.transaction().execute((trx) => ledger.append(trx, [entry(index)]));
  }
  const single = performance.now() - began;
  const filling = performance.now();
  for (let from = 2 * ANSWERS; from < size; from += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, size - from) }, (_, at) => entry(from + at));
    await db.transaction().execute((trx) => ledger.append(trx, some));
  }
  const filled = performance.now() - filling;
  const integrating = performance.now();
  const { size: whole } = await ledger.checkpoint();
  const integrated = performance.now() - integrating;
  const proofs: number[] = [];
  for (let index = 0; index < PROOFS; index++) {
    const at = Math.floor((index * whole) / PROOFS);
    const asked = performance.now();
    await ledger.inclusion(at, whole);
    proofs.push(performance.now() - asked);
  }
  const beginning = performance.now();
  await db.transaction().execute((trx) => ledger.append(trx, [entry(whole)]));
  await ledger.checkpoint();
  const next = performance.now() - beginning;
  return {
    answers: ANSWERS,
    answerMs: { ...percentiles(bare) },
    answerWithReceiptMs: { ...percentiles(proved) },
    receiptMsAtP50: round(percentiles(proved).p50 - percentiles(bare).p50),
    entriesPerSecondOneByOne: Math.round((ANSWERS / single) * 1000),
    entriesPerSecondTogether: Math.round(((size - 2 * ANSWERS) / filled) * 1000),
    log: whole,
    integrationEntriesPerSecond: Math.round((whole / integrated) * 1000),
    proofMs: percentiles(proofs),
    entryAndCheckpointMs: round(next),
  };
}

function percentiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
