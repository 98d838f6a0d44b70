/**
 * Does what a teacher is asked for: questions from a description where there are none, then an answer to
 * each. Whatever is written is kept at once, so that one that was stopped or failed goes on from there.
 */
import { stat } from "node:fs/promises";
import type { Engine, Engines } from "../../../core/engine.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { Sampling } from "../../../core/types.ts";
import { LEAST_CHATS, normal } from "../data/prepare.ts";
import { labelOf, type Teacher } from "../data/provenance.ts";
import { digestOf } from "../digest.ts";
import type { Tools } from "../tools.ts";
import { declines, faultOf, type How, say } from "./ask.ts";
import { fewQuestions, teacherChanged, teacherUseless } from "./errors.ts";
import { type Fault, type Item, isOpen, type Writing } from "./plan.ts";
import type { Placed, Written, WrittenStore } from "./store.ts";
import { AT_ONCE, frameFor, isAsked, listed, wishFor } from "./synthetic.ts";

export interface Care {
  readonly signal: AbortSignal;
  /** Texts that are written, of all. */
  progress(done: number, total: number): void;
  /** Resolves when the next piece may be begun. @throws the signal's reason */
  turn(): Promise<void>;
}

export interface Desk {
  readonly engines: Engines;
  readonly tools: Pick<Tools, "find" | "inspect">;
  /** Before further attempts, in milliseconds. */
  readonly waitsMs?: readonly number[];
}

/** Answers in a row that are of no use, after which it is no use to go on. */
const USELESS = 25;
/** Rounds in a row in which a teacher comes to no new question. */
const STUCK = 4;
/** Of an answer that may well be the same for two questions: "Yes.", a number, a name. */
const SHORT = 20;
/** The likeliest answer is the teacher's own; questions are to differ. */
const ANSWERING = { temperature: 0, topP: 1 } as const;
const ASKING = { temperature: 0.9, topP: 0.95, maxTokens: 700 } as const;
const SEED = 20_261;

/** @throws CharlaError why it failed; the signal's reason. What was written is kept either way. */
export async function write(
  store: WrittenStore,
  desk: Desk,
  set: Written,
  care: Care,
): Promise<void> {
  await store.mark(set, "running");
  try {
    await all(store, desk, set, care);
    await store.mark(set, "done");
  } catch (thrown) {
    const stopped = care.signal.aborted;
    const error = stopped ? undefined : CharlaError.from(thrown).toJSON();
    await store.mark(set, stopped ? "cut" : "failed", error);
    throw thrown;
  }
}

async function all(store: WrittenStore, desk: Desk, set: Written, care: Care): Promise<void> {
  const { plan } = set;
  // Its engine keeps its place in memory as long as it writes.
  using held = new DisposableStack();
  const leaving = held.adopt(new AbortController(), (one) => one.abort());
  const signal = AbortSignal.any([care.signal, leaving.signal]);
  await care.turn();
  const engine = await desk.engines.get(plan.teacher.model, signal);
  const known = await knownOf(desk, engine, plan, care.signal);
  const told = { ...plan, teacher: known };
  if (JSON.stringify(known) !== JSON.stringify(plan.teacher)) await store.replan(set, told);
  const asking = {
    ...{ adapter: plan.teacher.adapter, signal: care.signal },
    ...(desk.waitsMs && { waitsMs: desk.waitsMs }),
  };
  const bench = { store, engine, set: { ...set, plan: told }, care, asking };
  let items = await store.items(set);
  if (plan.synthetic) items = await makeUp(bench, items);
  if (items.length < LEAST_CHATS) throw fewQuestions(items.length, LEAST_CHATS);
  await answerAll(bench, items);
}

interface Bench {
  readonly store: WrittenStore;
  readonly engine: Engine;
  readonly set: Written;
  readonly care: Care;
  readonly asking: Omit<How, "sampling">;
}

/** @returns as much as can be known of who writes. @throws CharlaError when it is another one now */
async function knownOf(
  { tools }: Desk,
  engine: Engine,
  { teacher }: Writing,
  signal: AbortSignal,
): Promise<Teacher> {
  // What is no file here says of itself what its server says.
  const found = await tools.find(teacher.model).catch(() => null);
  const isFile = found && (await stat(found.path).catch(() => undefined))?.isFile();
  const digest = isFile ? await digestOf(found.path, signal) : engine.card.digest;
  if (teacher.digest !== undefined && teacher.digest !== digest)
    throw teacherChanged(teacher.model);
  const header = isFile ? await tools.inspect(found.path).catch(() => undefined) : undefined;
  const licence = header?.licence?.slice(0, 200) ?? teacher.licence;
  return { ...teacher, ...(digest !== undefined && { digest }), licence };
}

/** @returns the items with the new ones, which are as many as were wished or as it comes to */
async function makeUp(bench: Bench, before: readonly Placed[]): Promise<readonly Placed[]> {
  const { store, engine, set, care, asking } = bench;
  const { synthetic } = set.plan;
  if (!synthetic) return before;
  const items = [...before];
  const questions = items.map(({ messages }) => messages.at(-1)?.content ?? "");
  // Once it answers, there are no more questions to come.
  if (items.some((one) => !isOpen(one))) return items;
  for (let stuck = 0; items.length < synthetic.number && stuck < STUCK; ) {
    await care.turn();
    care.progress(items.length, 2 * synthetic.number);
    const n = Math.min(AT_ONCE, synthetic.number - items.length);
    // Another seed each round, or the same questions would come.
    const sampling: Sampling = { ...ASKING, seed: SEED + 7 * items.length + stuck };
    const said = await say(engine, wishFor(synthetic, n, questions), { ...asking, sampling });
    let fresh = 0;
    for (const question of listed(said.text)) {
      if (items.length >= synthetic.number || isAsked(question, questions)) continue;
      const place = (items.at(-1)?.place ?? -1) + 1;
      const one: Placed = { place, messages: [{ role: "user", content: question }] };
      await store.append(set, one);
      items.push(one);
      questions.push(question);
      fresh += 1;
    }
    stuck = fresh > 0 ? 0 : stuck + 1;
  }
  return items;
}

async function answerAll(bench: Bench, items: readonly Placed[]): Promise<void> {
  const { store, engine, set, care, asking } = bench;
  const { synthetic, maxTokens } = set.plan;
  // Of one that makes up, a question is a text, too.
  const ahead = synthetic ? items.length : 0;
  const said = new Set(items.flatMap(({ answer }) => (answer === undefined ? [] : normal(answer))));
  let useless = 0;
  for (const [at, one] of items.entries()) {
    care.progress(ahead + at, ahead + items.length);
    if (!isOpen(one)) continue;
    await care.turn();
    const own = one.messages.some(({ role }) => role === "system");
    const frame = synthetic && !own ? [frameFor(synthetic)] : [];
    const sampling: Sampling = { ...ANSWERING, maxTokens, seed: SEED + one.place };
    const done = await answer(engine, [...frame, ...one.messages], { ...asking, sampling }, said);
    await store.put(set, { ...one, ...done.item });
    if (done.adapterDigest !== undefined) await keepAdapter(bench, done.adapterDigest);
    useless = done.item.fault ? useless + 1 : 0;
    if (done.item.fault && useless >= USELESS)
      throw teacherUseless(labelOf(set.plan.teacher), useless, done.item.fault);
  }
  care.progress(ahead + items.length, ahead + items.length);
}

interface Answered {
  readonly item: { readonly answer?: string; readonly fault?: Fault };
  readonly adapterDigest?: string | undefined;
}

/** @param said what it has answered before, to which this is added */
async function answer(
  engine: Engine,
  messages: Item["messages"],
  how: How,
  said: Set<string>,
): Promise<Answered> {
  try {
    const { text, cut, adapterDigest } = await say(engine, messages, how);
    const fault = faultIn(text, cut, said);
    if (!fault) said.add(normal(text));
    return { item: fault ? { fault } : { answer: text }, adapterDigest };
  } catch (thrown) {
    how.signal.throwIfAborted();
    const fault = faultOf(thrown);
    if (fault === undefined) throw thrown;
    return { item: { fault } };
  }
}

function faultIn(text: string, cut: boolean, said: ReadonlySet<string>): Fault | undefined {
  if (text === "") return "empty";
  // Its end would be learned as one.
  if (cut) return "cut";
  if (declines(text)) return "declined";
  return text.length > SHORT && said.has(normal(text)) ? "repeated" : undefined;
}

async function keepAdapter({ store, set }: Bench, adapterDigest: string): Promise<void> {
  const { teacher } = set.plan;
  if (teacher.adapterDigest === adapterDigest) return;
  if (teacher.adapterDigest !== undefined) throw teacherChanged(labelOf(teacher));
  const plan = { ...set.plan, teacher: { ...teacher, adapterDigest } };
  await store.replan(set, plan);
  set.plan = plan;
}
