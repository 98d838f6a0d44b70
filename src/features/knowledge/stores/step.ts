/**
 * `file_search` in a turn of a program: the model is offered a search in the stores that the program has
 * named, is told what it finds, and asked again until it answers. A model that knows no tools is given
 * what the question finds. Searches change nothing and send nothing, and the program asked for them with
 * a key that may read files; so no call waits for anybody. What is found is a text from outside.
 */
import { whoAsks } from "../../../core/access.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { ToolCall, Tools } from "../../../core/extras.ts";
import type { House } from "../../../core/feature.ts";
import type { FileSearch } from "../../../core/file-search.ts";
import type { Part } from "../../../core/parts.ts";
import type { RunTurn, Step } from "../../../core/turn.ts";
import type { Delta, Finish, Message, Turn } from "../../../core/types.ts";
import type { Search } from "../finding/search.ts";
import { sourceOf } from "../places.ts";
import {
  beforeQuestion,
  instructed,
  MOST_FOUND,
  type Numbered,
  roomFor,
  written,
} from "../step.ts";
import { look, type Seen } from "./looking.ts";
import type { Stores } from "./store.ts";
import { MOST_QUERIES, question } from "./words.ts";

interface Needed {
  readonly stores: Stores;
  readonly search: Search;
  readonly house: Pick<House, "engines">;
}

/** Steps of one answer in which a model may search, and searches of one step. */
const MOST_SEARCHES = 4;
const MOST_CALLS = 4;
/** Characters of passages for which it is worth asking again with less. */
const FEW = 500;

const DESCRIPTION =
  "Searches the files that this chat is about, and gives passages with their numbers. Search before " +
  "you answer what the files may tell.";
const CITE =
  "What file_search finds are passages with numbers in square brackets. Put the number of a passage, " +
  "like [1], right behind each statement that you take from it. If they do not hold the answer, say so " +
  "plainly; do not make anything up.";
const NOTHING = "Nothing in the files has to do with it.";
const WRONG = 'The arguments do not fit. Give {"queries": ["what to look for"]}.';

const ENOUGH = "There are no more searches for this answer. Answer from what was found.";

const PARAMETERS = {
  type: "object",
  properties: {
    queries: {
      type: "array",
      items: { type: "string" },
      minItems: 1,
      maxItems: MOST_QUERIES,
      description: "questions or words, in the language of the files",
    },
  },
  required: ["queries"],
  additionalProperties: false,
};

export function searchInTurns(needed: Needed): Step {
  return ({ fileSearch, ...turn }, next) =>
    fileSearch ? new Searching(needed, turn, fileSearch, next).run() : next(turn);
}

/** What a model has called in one step, and what came of each call. */
interface Called {
  readonly said: string;
  readonly calls: readonly ToolCall[];
  /** Where nothing was searched for, what the model is told instead. */
  readonly found: readonly (readonly Numbered[] | string)[];
}

class Searching {
  readonly #needed: Needed;
  readonly #turn: Turn;
  readonly #asked: FileSearch;
  readonly #next: RunTurn;
  /** By which the model calls it; a program may have a function of that name. */
  readonly #name: string;
  readonly #steps: Called[] = [];
  /** What the question itself has found. */
  #first: readonly Numbered[] | undefined;
  /** Of the last passage. */
  #number: number;
  /** Characters of passages that one search may tell the model. */
  #room = MOST_FOUND;
  /** Whether the model knows tools, until it says that it does not. */
  #able = true;

  constructor(needed: Needed, turn: Turn, asked: FileSearch, next: RunTurn) {
    this.#needed = needed;
    this.#turn = turn;
    this.#asked = asked;
    this.#next = next;
    const names = new Set(turn.extras?.tools?.list.map(({ name }) => name));
    this.#name = names.has("file_search") ? "search_in_files" : "file_search";
    // Files that the question brings along have the numbers from 1 on.
    this.#number = turn.files && turn.files.length > 0 ? 100 : 0;
  }

  async *run(): AsyncGenerator<Delta> {
    const { stores, house } = this.#needed;
    const owner = whoAsks().id;
    for (const id of this.#asked.stores) await stores.one(owner, id);
    this.#room = Math.min(MOST_FOUND, await roomFor(house.engines, this.#turn.model));
    const cards = await house.engines.list();
    const card = cards.find(({ id }) => id === this.#turn.model) ?? cards[0];
    this.#able = card?.tools !== false;
    let unsent: readonly Part[] = [];
    if (this.#asked.first || !this.#able) unsent = await this.#searchFirst(owner);
    let started = false;
    const total = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    for (;;) {
      const calls: ToolCall[] = [];
      const held: Delta[] = [];
      let said = "";
      let finish: Finish | undefined;
      let begun = false;
      const turn = this.#step(total.completionTokens);
      try {
        for await (const delta of this.#next(turn)) {
          if (delta.type === "start") {
            if (!started) yield delta;
            started = true;
            for (const part of unsent) yield { type: "text", text: "", part };
            unsent = [];
          } else if (delta.type === "finish") finish = delta.finish;
          else if (delta.type === "text" && delta.toolCall) {
            begun = true;
            if (delta.toolCall.name === this.#name) calls.push(delta.toolCall);
            else held.push(delta);
          } else {
            begun ||= delta.type === "text";
            if (delta.type === "text") said += delta.text;
            yield delta;
          }
        }
      } catch (thrown) {
        if (begun || !(await this.#mended(thrown, owner, (parts) => (unsent = parts))))
          throw thrown;
        continue;
      }
      if (!finish) return;
      total.promptTokens += finish.promptTokens;
      total.cachedTokens += finish.cachedTokens;
      total.completionTokens += finish.completionTokens;
      const over = finish.reason !== "stop" || this.#turn.signal.aborted;
      const left = this.#turn.sampling.maxTokens - total.completionTokens;
      // It is told once that there are no more searches, where it was offered none; not again.
      const spent = this.#steps.length > MOST_SEARCHES;
      if (calls.length === 0 || over || left <= 0 || spent) {
        // Calls of the program's own functions are its business, once nothing is to be searched for.
        if (calls.length === 0) yield* held;
        const reason = calls.length > 0 && !over ? "length" : finish.reason;
        return yield { type: "finish", finish: { ...finish, ...total, reason } };
      }
      const found: Called["found"][number][] = [];
      const most = this.#steps.length < MOST_SEARCHES ? MOST_CALLS : 0;
      for (const [at, call] of calls.entries()) {
        const queries = at < most && queriesOf(call.arguments);
        if (!queries) {
          found.push(at < most ? WRONG : ENOUGH);
          continue;
        }
        const { passages, parts } = await this.#look(owner, queries);
        found.push(passages);
        for (const part of parts) yield { type: "text", text: "", part };
      }
      this.#steps.push({ said, calls, found });
    }
  }

  /** What the model is asked in this step. */
  #step(used: number): Turn {
    const { sampling, extras } = this.#turn;
    const messages = this.#messages();
    const maxTokens = sampling.maxTokens - used;
    const tools = this.#able ? this.#offered(extras?.tools) : extras?.tools;
    const all = tools && { ...extras, tools };
    return { ...this.#turn, messages, sampling: { ...sampling, maxTokens }, extras: all ?? extras };
  }

  #offered(tools: Tools | undefined): Tools {
    const { list = [], choice = "auto" } = tools ?? {};
    const used = this.#steps.length >= MOST_SEARCHES;
    const own = { name: this.#name, description: DESCRIPTION, parameters: PARAMETERS };
    return {
      parallel: true,
      ...tools,
      list: used && list.length > 0 ? list : [...list, own],
      choice: used && list.length === 0 ? "none" : list.length === 0 ? "auto" : choice,
    };
  }

  #messages(): readonly Message[] {
    let messages = this.#turn.messages;
    if (this.#able) messages = instructed(messages, CITE);
    if (this.#first) messages = beforeQuestion(messages, within(this.#first, this.#room));
    const told: Message[] = [...messages];
    for (const { said, calls, found } of this.#steps) {
      told.push({ role: "assistant", content: said, toolCalls: calls });
      for (const [at, { id }] of calls.entries()) {
        const passages = found[at] ?? WRONG;
        const texts =
          typeof passages === "string"
            ? [passages]
            : within(passages, Math.floor(this.#room / 2)).map(written);
        const content = texts.join("\n\n") || NOTHING;
        const source = { kind: "tool" as const, name: this.#name };
        told.push({ role: "user", content, toolCallId: id, source });
      }
    }
    return told;
  }

  /** Whether it is worth asking again: without tools, or with less. */
  async #mended(
    thrown: unknown,
    owner: string,
    found: (parts: readonly Part[]) => void,
  ): Promise<boolean> {
    const { code, param } = CharlaError.from(thrown);
    const toolless = code === "tools_unsupported" || (code === "not_granted" && param === "tools");
    const own = (this.#turn.extras?.tools?.list.length ?? 0) > 0;
    if (toolless && this.#able && !own && this.#steps.length === 0) {
      this.#able = false;
      if (!this.#first) found(await this.#searchFirst(owner));
      return true;
    }
    const told = this.#first !== undefined || this.#steps.length > 0;
    if (code !== "context_length_exceeded" || !told || this.#room < FEW) return false;
    this.#room = Math.floor(this.#room / 2);
    return true;
  }

  async #searchFirst(owner: string): Promise<readonly Part[]> {
    const asked = this.#turn.messages.findLast(
      ({ role, source, toolCallId }) => role === "user" && !source && !toolCallId,
    );
    const text = (asked?.content ?? "").slice(0, QUESTION).toWellFormed();
    const { passages, parts } = await this.#look(owner, text === "" ? [] : [text]);
    this.#first = passages;
    return parts;
  }

  async #look(owner: string, queries: readonly string[]) {
    const { most, least, filter, stores } = this.#asked;
    const asked = { questions: queries, most, least, filter };
    const found = await look(this.#needed, owner, stores, asked, this.#turn.signal);
    const passages = found.map((passage): Numbered => ({ passage, n: ++this.#number }));
    return { passages, parts: partsOf(queries, found, passages) };
  }
}

/** Of a question that is searched for, as it begins. */
const QUESTION = 4000;

function partsOf(
  queries: readonly string[],
  found: readonly Seen[],
  passages: readonly Numbered[],
): readonly Part[] {
  const results = found.map(({ file, name, score, text, attributes }) => ({
    ...{ file, name, score, text, attributes },
  }));
  const cited = passages.map(({ passage: { file, name, place }, n }) => {
    const source = sourceOf(name, place, "en");
    return { type: "citation" as const, source, file, filename: name, n };
  });
  return [{ type: "search", queries, results }, ...cited];
}

/** As many from the front as fit; the first in any case. */
function within(passages: readonly Numbered[], room: number): readonly Numbered[] {
  let left = room;
  return passages.filter(({ passage }, at) => {
    left -= passage.text.length;
    return at === 0 || left >= 0;
  });
}

/** As models write them: a list, or one. */
function queriesOf(given: string): readonly string[] | undefined {
  let read: { queries?: unknown; query?: unknown };
  try {
    read = Object(JSON.parse(given));
  } catch {
    return undefined;
  }
  const list = [read.queries ?? read.query].flat().slice(0, MOST_QUERIES);
  const queries = list.flatMap((one) => {
    const { data } = question.safeParse(one);
    return data === undefined ? [] : [data];
  });
  return queries.length > 0 ? queries : undefined;
}
