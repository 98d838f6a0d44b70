/** Reads an answer as it is written, and tells calls of tools from text. */
import { hash } from "node:crypto";
import type { ToolCall } from "../../../core/extras.ts";
import { firstTrigger } from "./grammar-constraint.ts";
import type { CallFormat } from "./tools-format.ts";

export type Piece = { readonly text: string } | { readonly toolCall: ToolCall };

/** Takes the texts of an answer in order, and gives what can be told by now. */
export interface Reader {
  push(text: string): readonly Piece[];
  /** The answer has ended: what was held back. */
  finish(): readonly Piece[];
}

export const PLAIN: Reader = { push: (text) => [{ text }], finish: () => [] };

export interface CallReaderOptions {
  readonly format: CallFormat;
  /** Names of tools that can be called. */
  readonly names: readonly string[];
  /** Texts that begin a call. */
  readonly triggers: readonly string[];
  /** The ids of calls follow from it, so that the same seed gives the same answer. */
  readonly key: string;
}

export class CallReader implements Reader {
  readonly #options: CallReaderOptions;
  #stage: "text" | "head" | "arguments" | "after" = "text";
  /** What has come and was not given yet; where calls have begun, from the current one on. */
  #held = "";
  #name = "";
  /** Where the arguments begin in what is held. */
  #at = 0;
  #calls = 0;

  constructor(options: CallReaderOptions) {
    this.#options = options;
  }

  push(text: string): readonly Piece[] {
    this.#held += text;
    const pieces: Piece[] = [];
    for (let more = true; more; ) more = this.#read(pieces);
    return pieces.filter((piece) => !("text" in piece) || piece.text !== "");
  }

  finish(): readonly Piece[] {
    const held = this.#held;
    this.#held = "";
    // A call that the limit has cut is given as the text that it is; behind one that is whole it is
    // left out, with what closes that one: nobody asked for marks in the text.
    return this.#calls > 0 || held === "" ? [] : [{ text: held }];
  }

  /** @returns whether there may be more to read. */
  #read(pieces: Piece[]): boolean {
    if (this.#stage === "text") return this.#readText(pieces);
    if (this.#stage === "head") return this.#readHead(pieces);
    if (this.#stage === "arguments") return this.#readArguments(pieces);
    // What closes the calls says nothing to a reader.
    this.#held = "";
    return false;
  }

  #readText(pieces: Piece[]): boolean {
    const { triggers } = this.#options;
    const at = firstTrigger(this.#held, triggers);
    // The blanks before a call belong to neither.
    const end = at >= 0 ? this.#held.slice(0, at).trimEnd().length : settled(this.#held, triggers);
    pieces.push({ text: this.#held.slice(0, end) });
    this.#held = this.#held.slice(at >= 0 ? at : end);
    if (at >= 0) this.#stage = "head";
    return at >= 0;
  }

  #readHead(pieces: Piece[]): boolean {
    const { format, names } = this.#options;
    const open = this.#calls === 0 ? format.open : (format.next ?? format.close);
    const heads = names.map((name) => ({ name, head: `${open}${name}${format.middle}` }));
    const found = heads.find(({ head }) => this.#held.startsWith(head));
    if (found) {
      [this.#stage, this.#name, this.#at] = ["arguments", found.name, found.head.length];
      return true;
    }
    if (heads.some(({ head }) => head.startsWith(this.#held))) return false;
    if (this.#calls > 0) {
      this.#stage = "after";
      return true;
    }
    // No call after all, which no grammar would write.
    pieces.push({ text: this.#held.slice(0, 1) });
    this.#held = this.#held.slice(1);
    this.#stage = "text";
    return true;
  }

  #readArguments(pieces: Piece[]): boolean {
    const end = jsonEnd(this.#held, this.#at);
    if (end < 0) return false;
    const id = hash("sha256", `${this.#options.key} ${this.#calls}`, "hex");
    const toolCall = {
      id: `call_${id.slice(0, 24)}`,
      name: this.#name,
      arguments: this.#held.slice(this.#at, end),
    };
    pieces.push({ toolCall });
    this.#calls += 1;
    this.#held = this.#held.slice(end);
    this.#stage = "head";
    return this.#held !== "";
  }
}

/** How much of a text can be given: what is left could become a trigger, or blanks before one. */
function settled(text: string, triggers: readonly string[]): number {
  for (let at = Math.max(0, text.length - longest(triggers)); at < text.length; at++) {
    const tail = text.slice(at);
    if (triggers.some((trigger) => trigger.startsWith(tail))) {
      return text.slice(0, at).trimEnd().length;
    }
  }
  return text.trimEnd().length;
}

function longest(triggers: readonly string[]): number {
  return Math.max(...triggers.map(({ length }) => length));
}

/** Where the JSON object that begins at `from` ends, or -1 if it goes on. */
function jsonEnd(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    if (depth === 0 && !quoted && (char === "}" || char === "]")) return at + 1;
  }
  return -1;
}
