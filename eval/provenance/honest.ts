/**
 * How often a replay accuses an honest answer: many short answers, sixteen at once, each computed again
 * by the same file in other batches, slots and threads. Each replay is a line of a file as soon as it is
 * known, so that a run which is stopped goes on where it was.
 */
import type { Engine } from "../../src/core/engine.ts";
import { exact, sum } from "../../src/core/statistics.ts";
import type { Plan } from "../../src/engines/llama/process/protocol.ts";
import { verdictOf } from "../../src/features/provenance/replay/verdict.ts";
import { replay, start, write } from "./answers.ts";
import { keep, type Line, placesOf, read } from "./log.ts";

interface Options {
  readonly model: string;
  readonly count: number;
  readonly maxTokens: number;
  readonly threads: number;
  /** Path of the file. */
  readonly log: string;
}

interface Reader {
  readonly by: string;
  readonly engine: Engine;
}

const AT_ONCE = 16;
/** After so many answers their topics, settings and marks come again. */
const SETTINGS = 12;

export async function honestly({ model, count, maxTokens, threads, log }: Options): Promise<void> {
  const known = new Set(read(log).map(({ n }) => n));
  const left = Array.from({ length: count }, (_, n) => n).filter((n) => !known.has(n));
  if (left.length > 0) {
    const writer = await start(model, {
      ...{ slots: AT_ONCE, threads, batchThreads: threads, contextTokens: 1024 },
    });
    const others: readonly Partial<Plan>[] = [
      { slots: 1, batchTokens: 32, threads: 1, batchThreads: 1 },
      { slots: 4, batchTokens: 512, threads, batchThreads: threads },
      { slots: 2, batchTokens: 64, threads: 1, batchThreads: threads, flashAttention: false },
    ];
    const readers: Reader[] = [];
    for (const plan of others) {
      const by = `batches of ${plan.batchTokens}, ${plan.batchThreads} threads, ${plan.slots} slots`;
      readers.push({ by, engine: await start(model, { ...plan, contextTokens: 1024 }) });
    }
    readers.push({ by: "as it was written", engine: writer });
    for (let from = 0; from < left.length; from += AT_ONCE) {
      const group = left.slice(from, from + AT_ONCE);
      const said = await Promise.all(group.map((n) => write(writer, n, maxTokens)));
      const replayed = said.map(async (one, at) => {
        const n = group[at] as number;
        const { by, engine } = readers[Math.floor(n / SETTINGS) % readers.length] as Reader;
        keep(log, { n, by, honest: true }, await replay(engine, one));
      });
      await Promise.all(replayed);
      console.error(`${known.size + Math.min(from + AT_ONCE, left.length)} of ${count}`);
    }
    for (const { engine } of readers) await engine.close();
  }
  told(read(log));
}

function told(lines: readonly Line[]): void {
  const row = (by: string, some: readonly Line[]) => {
    const verdicts = some.map((line) => verdictOf(placesOf(line), true));
    const said = (word: string) => verdicts.filter(({ verdict }) => verdict === word).length;
    const share = { hits: said("different") + said("edited"), of: some.length };
    const [low, high] = exact(share).map((one) => (100 * one).toFixed(2));
    return {
      ...{ by, replays: some.length, tokens: sum(some.map(({ tokens }) => tokens)) },
      "tokens that differ": sum(some.map(({ off }) => off.length)),
      "answers with one": some.filter(({ off }) => off.length > 0).length,
      "the same": said("same"),
      "cannot be told": said("inconclusive"),
      accused: `${share.hits} (exact 95 % interval ${low} to ${high} %)`,
    };
  };
  const kinds = [...new Set(lines.map(({ by }) => by))].toSorted();
  console.table([
    ...kinds.map((by) =>
      row(
        by,
        lines.filter((one) => one.by === by),
      ),
    ),
    row("all", lines),
  ]);
}
