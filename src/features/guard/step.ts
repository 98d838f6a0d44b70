/**
 * The guard around every turn. On the way in: nothing hidden in any text, texts from outside marked,
 * tools by the policy, a score. On the way out: nothing of what is protected, no call that may not
 * be made.
 */
import { watching } from "../../core/deltas.ts";
import { CharlaError } from "../../core/errors.ts";
import type { ToolCall } from "../../core/extras.ts";
import { type Guarded, MAX_SOURCES } from "../../core/provenance.ts";
import { inSlices, type Sliced } from "../../core/slices.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Finish, Message, Start, Text, Turn } from "../../core/types.ts";
import { cleanTurn } from "./clean-turn.ts";
import { Confidential, withCanary } from "./confidential.ts";
import { Filter, type Protected } from "./filter.ts";
import { joined, marker, withSources } from "./marking.ts";
import type { GuardPolicy } from "./policy.ts";
import { removedHere } from "./removed.ts";
import { type Score, SUSPICIOUS, scoreOf } from "./score/index.ts";
import { gate, type MayCall } from "./tools.ts";
import type { Removed } from "./unicode.ts";

/** What is known of a turn before it is answered. */
export interface Verdict {
  readonly origin: string;
  readonly guard: Guarded;
}

/**
 * @param key of this process, for the marks
 * @param record gets a verdict at the end of each turn that there is anything to say of
 */
export function guardStep(
  policy: GuardPolicy,
  key: Buffer,
  record: ((verdict: Verdict) => void) | undefined,
): Step {
  const mark = marker(key, policy.marking);
  const gated = gate(policy);
  const confidential = new Confidential(policy.secrets);
  const prepare = function* (given: Turn): Sliced<{ asked: Turn; way: Way }> {
    const removed: Removed = { ...removedHere() };
    const clean = yield* cleanTurn(given, removed);
    const sourced = { ...clean, messages: withSources(clean.messages) };
    const { turn, may } = gated(sourced);
    const score = yield* worst(turn.messages, removed);
    const { messages, secret } = withPrompt(turn, policy);
    const system = messages.flatMap(({ role, content }) => (role === "system" ? [content] : []));
    const protect = yield* confidential.protect(system, secret);
    if (protect.length > 0) refuseAlternatives(turn);
    const suspicious = score.score >= SUSPICIOUS && { suspicious: true };
    const known = { score: score.score, signs: [...score.signs], ...suspicious };
    const sources = turn.messages.flatMap(({ source }) => source ?? []);
    const rest = {
      ...(Object.keys(removed).length > 0 && { removed }),
      ...(sources.length > 0 && { sources: distinct(sources).slice(0, MAX_SOURCES) }),
    };
    const told = { ...(policy.show_score && known), ...rest };
    const done = (withheld: Guarded["withheld"]) => {
      const guard = { ...known, ...rest, ...(withheld && { withheld }) };
      if (known.score > 0 || withheld || Object.keys(rest).length > 0) {
        record?.({ origin: turn.origin, guard });
      }
    };
    const asked = { ...turn, messages: joined(mark(canaried(messages, secret))) };
    return { asked, way: { told, protect, may, done } };
  };
  return (given, next) => {
    const go = ({ asked, way }: { asked: Turn; way: Way }) =>
      way.protect.length > 0 ? outgoing(asked, next, way) : unprotected(asked, next, way);
    const work = prepare(given);
    const first = work.next();
    // Most turns are looked through at once, and spared a layer around each piece of the answer.
    return first.done ? go(first.value) : watching(async () => go(await inSlices(work)), {});
  };
}

/** Characters whose score is taken, the newest first: what came long before was looked at then. */
const MAX_SCORED = 128_000;
/** Of a text, which take some milliseconds. */
const SCORED_AT_ONCE = 2000;

/** The last words of the user, and what came from outside. */
function* worst(messages: readonly Message[], removed: Removed): Sliced<Score> {
  const last = messages.findLast(({ role, source }) => role === "user" && !source);
  let most: Score = { score: 0, signs: [] };
  let looked = 0;
  for (const one of messages.toReversed()) {
    if (!one.source && one !== last) continue;
    const score = scoreOf(one.content, one.source ? "outside" : "user", removed);
    if (score.score >= most.score) most = score;
    looked += one.content.length;
    if (looked > MAX_SCORED) break;
    if (one.content.length > SCORED_AT_ONCE) yield;
  }
  return most;
}

const distinct = <T>(list: readonly T[]): T[] => [
  ...new Map(list.map((one) => [JSON.stringify(one), one])).values(),
];

/** Doors whose system messages a program has written, not who reads the answer. */
const API = ["api", "chat"];

/** The organisation's words as the engine gets them; undefined when there are none. */
export function openingOf(policy: GuardPolicy): string | undefined {
  const own = policy.system_prompt.trim();
  return own === "" ? undefined : withCanary(own);
}

/** The organisation's words before the system prompt, and which prompts are confidential. */
function withPrompt({ messages, origin }: Turn, policy: GuardPolicy) {
  const secret: string[] = [];
  if (API.includes(origin) && policy.confidential_api_prompts) {
    secret.push(...messages.flatMap(({ role, content }) => (role === "system" ? [content] : [])));
  }
  const own = origin === "title" ? "" : policy.system_prompt.trim();
  if (own !== "") secret.push(own);
  const prompts = secret.filter((one) => one.trim() !== "");
  if (own === "") return { messages, secret: prompts };
  const [first, ...rest] = messages;
  const all: readonly Message[] =
    first?.role === "system"
      ? [{ ...first, content: `${own}\n\n${first.content}` }, ...rest]
      : [{ role: "system", content: own }, ...messages];
  return { messages: all, secret: prompts };
}

function canaried(messages: readonly Message[], secret: readonly string[]): readonly Message[] {
  if (secret.length === 0) return messages;
  return messages.map((message) => {
    if (message.role !== "system") return message;
    const parts = secret.filter((one) => message.content.includes(one));
    const content = parts.reduce(
      (all, one) => all.replace(one, () => withCanary(one)),
      message.content,
    );
    return { ...message, content };
  });
}

interface Way {
  readonly told: Guarded;
  readonly protect: readonly Protected[];
  readonly may: MayCall;
  done(withheld: Guarded["withheld"]): void;
}

/** No text of the answer has to be read: only the calls are looked at. */
function unprotected(turn: Turn, next: RunTurn, { told, may, done }: Way): AsyncIterable<Delta> {
  let refused = 0;
  const withheld = () => (refused > 0 ? { tool: refused } : undefined);
  return watching(() => next(turn), {
    start: (delta) => ({ ...delta, start: { ...delta.start, guard: told } }),
    text(delta) {
      if (!delta.toolCall || may(delta.toolCall.name)) return delta;
      refused += 1;
      return undefined;
    },
    finish(delta) {
      const guard = refused > 0 ? { ...told, withheld: withheld() } : told;
      return { ...delta, finish: { ...delta.finish, guard } };
    },
    end: () => done(withheld()),
  });
}

async function* outgoing(
  turn: Turn,
  next: RunTurn,
  { told, protect, may, done }: Way,
): AsyncGenerator<Delta> {
  const enough = new AbortController();
  const filter = new Filter(protect);
  if (turn.extras?.prefill) filter.after(turn.messages.at(-1)?.content.slice(-BEFORE) ?? "");
  // Nothing of a thought is protected less; it is no part of the answer's text, and has no tokens.
  const thoughts = new Filter(protect);
  const tokens = new WaitingTokens(filter);
  const withheld: Record<string, number> = {};
  const count = (kinds: Readonly<Partial<Record<string, number>>>) => {
    for (const [kind, times = 0] of Object.entries(kinds)) {
      withheld[kind] = (withheld[kind] ?? 0) + times;
    }
  };
  const counted = () => {
    const all = { ...withheld };
    for (const one of [filter, thoughts])
      for (const [kind, times] of Object.entries(one.withheld))
        all[kind] = (all[kind] ?? 0) + times;
    return Object.keys(all).length > 0 ? all : undefined;
  };
  try {
    const signal = AbortSignal.any([turn.signal, enough.signal]);
    for await (const delta of next({ ...turn, signal })) {
      if (delta.type !== "waiting" && !("reasoning" in delta)) yield* thought(thoughts.flush());
      if (delta.type === "start") {
        yield { ...delta, start: { ...delta.start, guard: told } satisfies Start };
      } else if (delta.type === "finish") {
        const rest = tokens.take(filter.flush());
        if (rest.text !== "" || rest.tokens) yield rest;
        const guard = counted() ? { ...told, withheld: counted() } : told;
        const reason = filter.ended ? "stop" : delta.finish.reason;
        yield { ...delta, finish: { ...delta.finish, reason, guard } satisfies Finish };
      } else if (delta.type === "waiting" || filter.ended) {
        if (!filter.ended) yield delta;
      } else if (delta.reasoning !== undefined) {
        yield* thought(thoughts.push(delta.reasoning));
      } else if (delta.toolCall) {
        const { call, kinds } = checked(delta.toolCall, protect, may);
        count(kinds);
        if (call) yield { ...delta, toolCall: call };
      } else {
        tokens.hold(delta);
        const shown = filter.push(delta.text);
        if (filter.ended) enough.abort();
        if (shown !== "") yield tokens.take(shown);
      }
    }
  } finally {
    done(counted());
  }
}

/** Characters of an answer that is continued which may be the beginning of a protected text. */
const BEFORE = 16_000;

function* thought(reasoning: string): Generator<Text> {
  if (reasoning !== "") yield { type: "text", text: "", reasoning };
}

/** Log-probabilities wait with their text; once something was withheld, there are none any more. */
class WaitingTokens {
  readonly #filter: Filter;
  #pieces: Text[] = [];

  constructor(filter: Filter) {
    this.#filter = filter;
  }

  hold(piece: Text): void {
    if (piece.tokens) this.#pieces.push(piece);
  }

  take(text: string): Text {
    if (this.#pieces.length === 0) return { type: "text", text };
    if (Object.keys(this.#filter.withheld).length > 0) {
      this.#pieces = [];
      return { type: "text", text };
    }
    let waiting = this.#filter.waiting;
    let keep = this.#pieces.length;
    while (keep > 0 && waiting > 0) {
      keep -= 1;
      waiting -= this.#pieces[keep]?.text.length ?? 0;
    }
    const passed = this.#pieces.splice(0, keep);
    const tokens = passed.flatMap((piece) => piece.tokens ?? []);
    return tokens.length > 0 ? { type: "text", text, tokens } : { type: "text", text };
  }
}

/** A call as it may be made: no call at all, or one whose arguments hold nothing protected. */
function checked(call: ToolCall, protect: readonly Protected[], may: MayCall) {
  if (!may(call.name)) return { call: undefined, kinds: { tool: 1 } };
  const kinds: Record<string, number> = {};
  const filtered = (text: string) => {
    const filter = new Filter(protect);
    const shown = filter.push(text) + filter.flush();
    for (const [kind, times] of Object.entries(filter.withheld)) {
      kinds[kind] = (kinds[kind] ?? 0) + times;
    }
    return shown;
  };
  const name = filtered(call.name);
  const given = mapStrings(call.arguments, filtered);
  if (name !== call.name) return { call: undefined, kinds };
  // The values one by one, then all in a row, over which a secret may be spread.
  const whole = Object.keys(kinds).length > 0 ? given : filtered(given);
  if (whole !== given && !isJson(whole)) return { call: undefined, kinds };
  return { call: { ...call, arguments: whole }, kinds };
}

function mapStrings(json: string, change: (text: string) => string): string {
  try {
    let changed = false;
    const value = JSON.parse(json, (_key, inner) => {
      if (typeof inner !== "string") return inner;
      const other = change(inner);
      changed ||= other !== inner;
      return other;
    });
    return changed ? JSON.stringify(value) : json;
  } catch {
    // What is no JSON is looked at as it stands.
    return change(json);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refuseAlternatives({ extras }: Turn): void {
  if (!extras?.logprobs) return;
  throw new CharlaError("confidential_logprobs", {
    status: 400,
    param: "top_logprobs",
    message: "The alternatives to each token would give away what the system prompt protects.",
    hint: "Leave top_logprobs out, or take keys and passwords out of the system prompt.",
  });
}
