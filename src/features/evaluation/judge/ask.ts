/** Has a model judge pairs of answers, and says what people have said of the same pairs. */
import * as z from "zod";
import { type Engine, only } from "../../../core/engine.ts";
import { CharlaError } from "../../../core/errors.ts";
import { askEngine } from "../../../core/turn.ts";
import type { Kept } from "../people/store.ts";
import type { JudgePlan } from "../plan.ts";
import { type Judgement, judgePair, type Verdict } from "./judge.ts";

/** A line of what the run keeps. */
const pair = z.object({
  id: z.string(),
  /** Of the question in the study or the run it is from. */
  place: z.int(),
  question: z.string(),
  answers: z.tuple([z.string(), z.string()]),
});
export type JudgedPair = z.output<typeof pair>;
export const pairsIn = (content: string): readonly JudgedPair[] =>
  content.split("\n").map((line) => pair.parse(JSON.parse(line)));

const verdict = z.enum(["first", "second", "tie"]);
export const judgement = z.object({
  id: z.string(),
  verdict,
  /** Null where it said nothing that could be read. */
  said: z.tuple([verdict.nullable(), verdict.nullable()]),
  /** Why it said nothing. */
  error: z.string().optional(),
});
export type KeptJudgement = z.output<typeof judgement>;

export const judgementOf = ({ verdict, said: [a, b] }: KeptJudgement): Judgement => ({
  ...{ verdict, said: [a ?? undefined, b ?? undefined] },
});

interface How {
  readonly plan: JudgePlan;
  readonly adapter: string | undefined;
  readonly signal: AbortSignal;
}

/** @throws only what ends the run: the signal's reason, and bugs */
export async function judge(
  engine: Engine,
  { id, question, answers }: JudgedPair,
  { plan, adapter, signal }: How,
): Promise<KeptJudgement> {
  const sampling = { temperature: 0, topP: 1, maxTokens: plan.maxTokens, seed: plan.seed };
  const run = askEngine(only(engine));
  try {
    const { verdict, said } = await judgePair(
      plan.rubric,
      { question, answers },
      async (messages) => {
        let text = "";
        const turn = run({
          ...{ messages, sampling, origin: "evaluation", signal },
          ...(adapter !== undefined && { extras: { adapter } }),
        });
        for await (const delta of turn) if (delta.type === "text") text += delta.text;
        signal.throwIfAborted();
        return text;
      },
    );
    return { id, verdict, said: [said[0] ?? null, said[1] ?? null] };
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof CharlaError)) throw thrown;
    return { id, verdict: "tie", said: [null, null], error: thrown.code };
  }
}

/** By the place of the question: what most raters have said of two systems; a draw is a tie. */
export function majorities(
  ratings: readonly Kept[],
  [first, second]: readonly [number, number],
): ReadonlyMap<number, Verdict> {
  const votes = ratings.filter(
    ({ again, vote, systems }) =>
      !again && vote !== undefined && systems.includes(first) && systems.includes(second),
  );
  const points = ({ vote, systems }: Kept) => {
    if (vote !== "first" && vote !== "second") return 0;
    return systems[vote === "first" ? 0 : 1] === first ? 1 : -1;
  };
  return new Map(
    [...Map.groupBy(votes, ({ place }) => place)].map(([place, some]) => {
      const sum = some.reduce((total, one) => total + points(one), 0);
      return [place, sum > 0 ? "first" : sum < 0 ? "second" : "tie"];
    }),
  );
}
