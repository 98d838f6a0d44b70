/**
 * The loop: the model is asked, what it calls is called, and it is asked again with what came of it,
 * until it answers, waits for its person, or has used its budget up. All of it happens within one turn
 * and one stored answer; each step passes the layers behind it as a turn of its own, so that the guard
 * marks what came from outside and looks at each call.
 *
 * Nothing is kept in memory from one turn to the next: what was called stands in the answer, and what
 * waits in the table of approvals. So a reload, a restart and a click the next day are all the same.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CharlaError } from "../../core/errors.ts";
import type { ToolCall } from "../../core/extras.ts";
import type { House } from "../../core/feature.ts";
import type { Belongs } from "../../core/intake.ts";
import type { Part } from "../../core/parts.ts";
import { type AgentEnd, openCalls, type Tool, type ToolResult } from "../../core/toolbox.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Finish, Message, Turn } from "../../core/types.ts";
import type { Approvals } from "./approvals.ts";
import { type Caller, call } from "./calls.ts";
import { approvalOpen, toolsNeedModel } from "./errors.ts";
import { answered, expand, type History } from "./history.ts";
import { named, type ToolsPolicy } from "./policy.ts";

type Needed = Pick<House<ToolsPolicy>, "others" | "policy" | "engines" | "log" | "note">;

/** An engine that is busy between two steps is asked again, after so many seconds at the most. */
const PATIENCE_S = 60;
const TRIES = 10;

export function loopStep(house: Needed, approvals: Approvals): Step {
  return (turn, next) => {
    const { belongs, tools = [], messages, asker } = turn;
    const waits = openCalls(messages.at(-1)?.parts).length > 0;
    // What Charla calls is for somebody who sits at the page, and can be asked.
    const here = belongs && turn.origin === "page" && asker?.via !== "key";
    if (!here || (tools.length === 0 && !waits)) {
      const plain = tools.length === 0 && !messages.some(({ parts }) => parts);
      return next(plain ? turn : withoutParts(turn));
    }
    return new Loop(house, approvals, turn, belongs, next).run();
  };
}

function withoutParts({ tools: _, extras, ...turn }: Turn): Turn {
  // An answer that had nothing but calls says nothing to a model without tools.
  const messages = expand(turn.messages, false).messages.filter(
    ({ role, content }) => role !== "assistant" || content !== "",
  );
  if (!extras?.prefill || messages.at(-1)?.role === "assistant")
    return { ...turn, extras, messages };
  const { prefill: __, ...rest } = extras;
  return { ...turn, extras: rest, messages };
}

class Loop {
  readonly #house: Needed;
  readonly #approvals: Approvals;
  readonly #turn: Turn;
  readonly #belongs: Belongs;
  readonly #next: RunTurn;
  readonly #began = performance.now();
  #steps = 0;
  #calls = 0;
  /** Tokens of the answers so far. */
  #tokens = 0;

  constructor(house: Needed, approvals: Approvals, turn: Turn, belongs: Belongs, next: RunTurn) {
    this.#house = house;
    this.#approvals = approvals;
    this.#turn = turn;
    this.#belongs = belongs;
    this.#next = next;
  }

  async *run(): AsyncGenerator<Delta> {
    const { policy } = this.#house;
    const time = AbortSignal.timeout(policy.minutes * 60_000);
    const signal = AbortSignal.any([this.#turn.signal, time]);
    const { messages: given, extras: { prefill, ...extras } = {} } = this.#turn;
    const history = expand(given, true);
    const messages: Message[] = [...history.messages];
    const tools = await this.#offered();
    const caller = this.#caller(tools, history);
    // What waited, or was under way when Charla was stopped, before the model is asked again.
    const last = given.at(-1)?.parts;
    const before = await this.#take(caller, openCalls(last), messages, signal);
    if (before.waits) throw approvalOpen();
    for (const one of await this.#refused(last)) tools.delete(one);
    let unsent: readonly ToolResult[] = before.results;
    for (;;) {
      this.#steps += 1;
      const calls: ToolCall[] = [];
      let said = "";
      let finish: Finish | undefined;
      const left = this.#turn.sampling.maxTokens - this.#tokens;
      const begun = messages.at(-1)?.role === "assistant" && prefill;
      const turn: Turn = {
        ...this.#turn,
        messages: [...messages],
        signal,
        sampling: { ...this.#turn.sampling, maxTokens: left },
        extras: { ...extras, ...(begun && { prefill }), ...offer(tools) },
      };
      for await (const delta of this.#asked(turn, signal)) {
        if (delta.type === "start") {
          if (this.#steps > 1) continue;
          const droppedMessages = dropped(delta.start.droppedMessages, history, given);
          yield { type: "start", start: { ...delta.start, droppedMessages } };
          for (const toolResult of unsent) yield { type: "text", text: "", toolResult };
          unsent = [];
        } else if (delta.type === "finish") {
          finish = delta.finish;
        } else if (delta.type === "text" && delta.toolCall) {
          // Engines number them anew with each answer; approvals need ids that there are once.
          const one = { ...delta.toolCall, id: `call_${randomUUID()}` };
          calls.push(one);
          yield { ...delta, toolCall: one };
        } else {
          if (delta.type === "text") said += delta.text;
          yield delta;
        }
      }
      if (!finish) return;
      this.#tokens += finish.completionTokens;
      const end = (ended: AgentEnd["ended"]) => this.#end(finish, ended);
      if (this.#turn.signal.aborted) return yield end("stopped");
      if (time.aborted) return yield end("time");
      if (calls.length === 0 || finish.reason !== "stop") {
        return yield end(
          calls.length === 0 || finish.reason === "cancelled" ? "answered" : "tokens",
        );
      }
      if (begun) messages[messages.length - 1] = joinedTo(messages.at(-1), said, calls);
      else messages.push({ role: "assistant", content: said, toolCalls: calls });
      let waits = false;
      try {
        for (const one of calls) {
          const { results, waits: also } = await this.#take(caller, [one], messages, signal);
          for (const toolResult of results) yield { type: "text", text: "", toolResult };
          waits ||= also;
        }
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
        return yield end(this.#turn.signal.aborted ? "stopped" : "time");
      }
      if (waits) return yield end("approval");
      if (this.#steps >= policy.steps) return yield end("steps");
      if (this.#tokens >= this.#turn.sampling.maxTokens) return yield end("tokens");
    }
  }

  /** Calls one after the other, so that what one reads counts for the next. */
  async #take(
    caller: Caller,
    calls: readonly ToolCall[],
    messages: Message[],
    signal: AbortSignal,
  ): Promise<{ results: readonly ToolResult[]; waits: boolean }> {
    const results: ToolResult[] = [];
    let waits = false;
    for (const one of calls) {
      this.#calls += 1;
      const result = await call(caller, one, signal);
      if (result === "waits") waits = true;
      else {
        results.push(result);
        messages.push(answered(one.id, one.name, result.text, result.labels));
      }
    }
    return { results, waits };
  }

  async #offered(): Promise<Map<string, Tool>> {
    const { others, policy } = this.#house;
    const all = await others.tools(this.#belongs.owner);
    const wanted = new Set(this.#turn.tools);
    const list = all.filter(({ name }) => wanted.has(name) && named(policy.allow, name));
    return new Map(list.map((tool) => [tool.name, tool]));
  }

  /** What its person has refused in this answer is not offered again, however often it goes on. */
  #refused(parts: readonly Part[] = []): Promise<readonly string[]> {
    const calls = parts.flatMap((part) => (part.type === "call" ? part.id : []));
    const { owner, conversation } = this.#belongs;
    return this.#approvals.refused(owner, conversation, calls);
  }

  #caller(tools: Map<string, Tool>, { labels, words }: History): Caller {
    const { policy, note } = this.#house;
    const { owner, conversation } = this.#belongs;
    return {
      approvals: this.#approvals,
      ...{ owner, conversation, tools, labels: new Set(labels), words },
      maxCharacters: policy.result_characters,
      approvalHours: policy.approval_hours,
      note: (told) => note?.({ event: "tool", level: "info", ...told }),
    };
  }

  /** The engine, with some patience once there is something of an answer to lose. */
  async *#asked(turn: Turn, signal: AbortSignal): AsyncGenerator<Delta> {
    for (let attempt = 1; ; attempt += 1) {
      let begun = false;
      try {
        for await (const delta of this.#next(turn)) {
          if (delta.type === "text") begun = true;
          yield delta;
        }
        return;
      } catch (thrown) {
        const { code, status, retryAfter = 1 } = CharlaError.from(thrown);
        if (code === "tools_unsupported") throw await this.#refusal(thrown);
        const busy = status === 429 || status === 503;
        const may =
          this.#steps > 1 && !begun && busy && attempt < TRIES && retryAfter <= PATIENCE_S;
        if (!may) throw thrown;
        await sleep(Math.max(1, retryAfter) * 1000, undefined, { signal });
      }
    }
  }

  async #refusal(thrown: unknown): Promise<unknown> {
    const { engines } = this.#house;
    const asked = this.#turn.model ?? engines.status().model?.id;
    const list = await engines.list().catch(() => []);
    const one = list.find(({ id }) => id === asked);
    const other = list.find(({ id, tools }) => id !== asked && tools === true);
    return one || asked ? toolsNeedModel(one?.name ?? asked ?? "", other?.name) : thrown;
  }

  #end(finish: Finish, ended: AgentEnd["ended"]): Delta {
    const totalMs = performance.now() - this.#began;
    const agent = { steps: this.#steps, calls: this.#calls, ended };
    const used = this.#calls > 0 && { agent };
    const cut = { time: "stop", stopped: "cancelled" } as const;
    const reason = ended in cut ? cut[ended as keyof typeof cut] : finish.reason;
    return {
      type: "finish",
      finish: { ...finish, ...used, reason, completionTokens: this.#tokens, totalMs },
    };
  }
}

/** Nothing is offered any more where a person has refused all of it. */
const offer = (tools: ReadonlyMap<string, Tool>) => ({
  tools: {
    list: [...tools.values()].map(({ name, description, parameters }) => ({
      name,
      description,
      parameters,
    })),
    choice: tools.size > 0 ? ("auto" as const) : ("none" as const),
    parallel: true,
  },
});

const joinedTo = (
  begun: Message | undefined,
  said: string,
  toolCalls: readonly ToolCall[],
): Message => ({
  role: "assistant",
  content: (begun?.content ?? "") + said,
  toolCalls,
});

/** How many of the chat's own messages were left out, where an answer is several to the model. */
function dropped(
  count: number,
  { of }: { of: readonly number[] },
  given: readonly Message[],
): number {
  if (count === 0) return 0;
  const chat = of.filter((place) => given[place]?.role !== "system");
  const first = chat[Math.min(count, chat.length - 1)] ?? 0;
  return given.slice(0, first).filter(({ role }) => role !== "system").length;
}
