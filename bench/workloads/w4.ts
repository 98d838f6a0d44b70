/**
 * W4: conversations that return. Users in random order, more of them than slots, one request at a
 * time; each new question brings the whole conversation. Measured is the time to the first token.
 *
 * Beside it stands what the new tokens alone cost: the time to the first token of fresh prompts of
 * that many tokens, asked after each turn.
 */

import { median, random, shuffle } from "../../src/core/statistics.ts";
import type { Message } from "../../src/core/types.ts";
import { type Bench, contest } from "../contenders.ts";
import { row, type Settled, settle, type Values } from "../measure.ts";
import { ratioOfMedians } from "../stats.ts";
import type { Answer, Row } from "../types.ts";
import { askAtOnce, firstTokenMs, tokensOf, type Workload, warmUp, whole } from "./shared.ts";

const SLOTS = 4;
const SYSTEM_TOKENS = 256;
const ANSWER_TOKENS = 80;
const QUESTION_TOKENS = 40;

interface Turn extends Values {
  readonly turn: number;
  readonly firstToken: number;
  /** Tokens that the prompt grew by since the last turn: its answer and the new question. */
  readonly grown: number;
  /** Of these, the ones that the system did not write itself. */
  readonly unseen: number;
  /** Percent of the prompt that was not computed again; NaN if the system does not say. */
  readonly cached: number;
}

/** Everything that one system has answered. */
interface Log {
  /** One entry for each user and turn, in the same order for every system. */
  readonly turns: Array<Turn | undefined>;
  /** Times to the first token of fresh prompts as long as `grown`, and as `unseen`. */
  readonly grownFresh: number[];
  readonly unseenFresh: number[];
}

export const w4: Workload = {
  name: "W4",
  about:
    "Conversations that return: 16 users on 4 slots, six turns each, a shared system prompt of " +
    "256 tokens, about 130 new tokens a turn. Time to the first token.",
  async run(bench) {
    await using started = await contest(bench, { slots: SLOTS, context: 2048 }, ["llama-server"]);
    const settled = await settle({
      workload: "W4",
      cases: { "first token": "ms" },
      contenders: started.contenders,
      async run(system) {
        if (bench.quick) return warmUp(bench, system);
        const size = { chats: 1, promptTokens: 400, maxTokens: ANSWER_TOKENS };
        const [answer] = whole(await askAtOnce(bench, system, size));
        return { "first token": answer ? answer.ended - answer.began : Number.NaN };
      },
    });
    const names = started.contenders.map(({ name }) => name);
    return await play(bench, settled, names);
  },
};

async function play(bench: Bench, contest: Settled, names: readonly string[]): Promise<Row[]> {
  const { prompts, quick } = bench;
  const [users, turns] = quick ? [5, 2] : [16, 6];
  const next = random(bench.quick ? 1 : 2);
  const logs = new Map<string, Log>();
  for (const name of names) logs.set(name, { turns: [], grownFresh: [], unseenFresh: [] });
  const system = prompts.text(SYSTEM_TOKENS, "You answer questions about");
  const chats = new Map<string, Message[]>();
  const last = new Map<string, Answer>();
  for (let turn = 1; turn <= turns; turn++) {
    console.error(`  W4: turn ${turn} of ${turns}`);
    const order = shuffle(
      Array.from({ length: users }, (_, user) => user),
      next,
    );
    for (const [place, user] of order.entries()) {
      const content = prompts.text(QUESTION_TOKENS, "And now tell me about");
      for (const player of shuffle([...contest.systems.values()], next)) {
        const key = `${player.name} ${user}`;
        const messages = chats.get(key) ?? [{ role: "system", content: system }];
        chats.set(key, messages);
        messages.push({ role: "user", content });
        await contest.attempt(player, async () => {
          const maxTokens = quick ? ANSWER_TOKENS / 2 : ANSWER_TOKENS;
          const question = { messages: [...messages], maxTokens };
          const answer = await player.ask({ ...question, user: `user-${user}` });
          whole([answer]);
          messages.push({ role: "assistant", content: answer.text });
          const log = logs.get(player.name) as Log;
          log.turns[(turn - 1) * users + place] = toTurn(turn, answer, last.get(key));
          last.set(key, answer);
        });
      }
    }
    if (turn > 1) await measureFresh(bench, contest, logs, turn);
  }
  return rowsOf(contest, logs, turns);
}

function toTurn(turn: number, answer: Answer, before: Answer | undefined): Turn {
  const prompt = answer.promptTokens ?? Number.NaN;
  const grown = prompt - (before?.promptTokens ?? 0);
  return {
    turn,
    firstToken: firstTokenMs(answer),
    grown,
    unseen: grown - (before ? tokensOf(before) : 0),
    cached: (100 * (answer.cachedTokens ?? Number.NaN)) / prompt,
  };
}

/** They push conversations out of the slots, the same number of them for every system. */
async function measureFresh(
  bench: Bench,
  contest: Settled,
  logs: ReadonlyMap<string, Log>,
  turn: number,
): Promise<void> {
  for (const system of [...contest.systems.values()]) {
    const log = logs.get(system.name) as Log;
    const own = log.turns.filter((entry) => entry?.turn === turn);
    const size = (of: "grown" | "unseen") => Math.round(median(own.map((one) => one?.[of] ?? 0)));
    await contest.attempt(system, async () => {
      const fresh = async (promptTokens: number) => {
        const asked = await askAtOnce(bench, system, { chats: 1, promptTokens, maxTokens: 1 });
        return median(whole(asked).map(firstTokenMs));
      };
      for (let n = 0; n < 2; n++) {
        log.grownFresh.push(await fresh(size("grown")));
        log.unseenFresh.push(await fresh(size("unseen")));
      }
    });
  }
}

function rowsOf(contest: Settled, logs: ReadonlyMap<string, Log>, turns: number): Row[] {
  const results = (name: string, of: (log: Log) => ReadonlyArray<number | undefined>) =>
    new Map(
      [...logs].map(([system, log]) => [
        system,
        contest.systems.has(system)
          ? of(log).map((value) => (value === undefined ? undefined : { [name]: value }))
          : [],
      ]),
    );
  const line = (
    name: string,
    unit: Row["unit"],
    of: (log: Log) => ReadonlyArray<number | undefined>,
  ) => {
    const found = results(name, of);
    const rounds = Math.max(...[...found.values()].map(({ length }) => length));
    return row({ workload: "W4", name, unit, rounds }, found, ratioOfMedians);
  };
  const later = (key: "firstToken" | "cached" | "grown") => (log: Log) =>
    log.turns.filter((turn) => (turn?.turn ?? 0) > 1).map((turn) => turn?.[key]);
  const rows = [line(`turns 2 to ${turns}`, "ms", later("firstToken"))];
  for (let turn = 1; turn <= turns; turn++) {
    const of = (log: Log) =>
      log.turns.filter((entry) => entry?.turn === turn).map((entry) => entry?.firstToken);
    rows.push(line(`turn ${turn}`, "ms", of));
  }
  const over = (key: "grownFresh" | "unseenFresh") => (log: Log) => [
    median(later("firstToken")(log).filter((time) => time !== undefined)) / median(log[key]),
  ];
  rows.push(line("over the prefill of last answer + question", "times", over("grownFresh")));
  rows.push(line("over the prefill of the question alone", "times", over("unseenFresh")));
  rows.push(line("prompt from cache", "% cached", later("cached")));
  return rows;
}
