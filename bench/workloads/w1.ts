/** W1: many chats at once, each 128 tokens in and 128 out. */

import { median } from "../../src/core/statistics.ts";
import { type Bench, contest } from "../contenders.ts";
import { type Contender, measure } from "../measure.ts";
import type { Row } from "../types.ts";
import {
  askAtOnce,
  complainOfShort,
  firstTokenMs,
  throughput,
  type Workload,
  warmUp,
  whole,
} from "./shared.ts";

const PEERS = ["loop", "llama-server", "onnx", "transformers"];

export const w1: Workload = {
  name: "W1",
  about: "Chats at once, 128 tokens in and 128 out: tokens a second of all of them together.",
  run: (bench) => chatsAtOnce(bench, bench.quick ? [4] : [1, 2, 4, 8, 16]),
};

/** @param counts of chats, one contest each */
export async function chatsAtOnce(bench: Bench, counts: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const chats of counts) {
    await using started = await contest(bench, { slots: chats, context: 512 }, peersOf(chats));
    rows.push(...(await atOnce(bench, chats, started.contenders)));
  }
  return rows;
}

/** The article's stack answers one at a time. */
const peersOf = (chats: number) => PEERS.filter((peer) => chats === 1 || peer !== "transformers");

function atOnce(bench: Bench, chats: number, contenders: readonly Contender[]): Promise<Row[]> {
  const speed = `${chats} ${chats === 1 ? "chat" : "chats"}`;
  const first = `${speed}, first token`;
  const wanted = bench.quick ? 64 : 128;
  return measure({
    workload: "W1",
    cases: { [speed]: "tokens/s", [first]: "ms" },
    rounds: bench.quick ? 1 : 3,
    fewer: { transformers: bench.quick ? 1 : 2 },
    contenders,
    async run(system, _round, trial) {
      if (trial && bench.quick) return warmUp(bench, system);
      const maxTokens = trial ? 32 : wanted;
      const answers = whole(
        await askAtOnce(bench, system, { chats, promptTokens: 128, maxTokens }),
      );
      complainOfShort(system, answers, maxTokens);
      return { [speed]: throughput(answers), [first]: median(answers.map(firstTokenMs)) };
    },
  });
}
