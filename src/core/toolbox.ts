/**
 * Tools that Charla runs by itself in a person's chat: what a feature says of one, what a turn that may
 * use them carries, and what is told of their use. A feature lists its tools in `Opened.tools`; the
 * feature `tools` alone calls them, behind its gate. What API clients call is theirs and passes through.
 */
import * as z from "zod";
import type { Scope } from "./access.ts";
import type { Part } from "./parts.ts";
import { text } from "./route.ts";
import type { Words } from "./words.ts";

/**
 * What a text brings into the context that reads it: `private` is what nobody but its person may know,
 * `foreign` is what nobody who chats has written, so that it may hold orders.
 */
export const LABELS = ["private", "foreign"] as const;
export type Label = (typeof LABELS)[number];

export interface Tool {
  /** For the model, and in policies: letters, digits, `_` and `-`, up to 64. */
  readonly name: string;
  /** For people: its name, and what it does. */
  readonly label: Words;
  readonly about: Words;
  /** For the model, in English. */
  readonly description: string;
  /** JSON schema of the arguments, an object. */
  readonly parameters: object;
  /** Labels of what it answers. */
  readonly reads: readonly Label[];
  /** What it changes; absent where it changes nothing. */
  readonly writes?: Words | undefined;
  /** Where arguments go to that leave this machine; absent where none does. */
  readonly sends?: Words | undefined;
  /**
   * Whether these arguments stand, as they are, in the words of a person, who has chosen them then: so
   * nothing but what the person wrote is sent. Absent where only a click is a choice.
   */
  chosenIn?(given: unknown, words: readonly string[]): boolean;
  /** Whoever defined it, where that is not Charla, and SHA-256 of how it was when a person agreed. */
  readonly server?: { readonly name: string; readonly pin: string } | undefined;
  /** What a key has to be made for to call it over MCP; absent where it is for chats alone. */
  readonly scope?: Scope | undefined;
  /** Milliseconds that it may take. */
  readonly limitMs: number;
  /** @throws CharlaError, whose words the model is told, too; the reason of the signal */
  run(given: unknown, asked: ToolAsked): Promise<string>;
  /** The arguments as `run` takes them. @throws CharlaError `invalid_value` */
  check(given: unknown): unknown;
}

export interface ToolAsked {
  /** The person in whose chat it is called, or who calls it by a program. */
  readonly owner: string;
  /** Absent outside of a chat. */
  readonly conversation?: string | undefined;
  readonly signal: AbortSignal;
}

/** How a turn with tools came to its end, beside how its last answer did. */
export const agentEnd = z.object({
  /** Times that the model was asked, and calls that were made, in this run. */
  steps: z.number(),
  calls: z.number(),
  /**
   * answered: by itself; approval: a call waits for its person; steps, tokens, time: the budget is
   * used up; stopped: by the reader, or the server's end.
   */
  ended: z.enum(["answered", "approval", "steps", "tokens", "time", "stopped"]),
});
export type AgentEnd = z.output<typeof agentEnd>;

/** Ends after which there is more to be had. */
const OPEN_ENDS: readonly AgentEnd["ended"][] = ["steps", "tokens", "time", "stopped"];

/** Calls of a message that have no result yet. */
export function openCalls(parts: readonly Part[] = []) {
  const done = new Set(parts.flatMap((part) => (part.type === "result" ? part.call : [])));
  return parts.flatMap((part) => (part.type === "call" && !done.has(part.id) ? part : []));
}

/** Whether an answer with tools is one that can be gone on with, whatever its text. */
export const goesOn = (parts: readonly Part[] | undefined, agent: AgentEnd | undefined): boolean =>
  parts?.some(({ type }) => type === "call") === true &&
  (openCalls(parts).length > 0 || (agent !== undefined && OPEN_ENDS.includes(agent.ended)));

const toolName = z.string().regex(/^[\w-]{1,64}$/, "is not the name of a tool");

/** Names of tools that a chat may use. */
export const toolNames = z.array(toolName).max(200);

declare module "./types.ts" {
  interface Turn {
    /** Names of the tools that this chat's person has allowed in it. */
    readonly tools?: readonly string[] | undefined;
  }
  interface Message {
    /** Of an answer that is stored: calls and results, in the order in which they happened. */
    readonly parts?: readonly Part[] | undefined;
  }
  interface Text {
    /** What came of a call that Charla made itself; `text` is empty then. */
    readonly toolResult?: ToolResult | undefined;
  }
  interface Ending {
    readonly agent?: AgentEnd | undefined;
  }
  interface ModelCard {
    /** False for a model whose chat template knows no tools; absent where nobody has looked. */
    readonly tools?: boolean | undefined;
  }
}

export interface ToolResult {
  /** Id of the call. */
  readonly call: string;
  readonly text: string;
  readonly failed?: boolean | undefined;
  /** Its person has refused the call. */
  readonly refused?: boolean | undefined;
  readonly labels: readonly Label[];
}

interface Typed<Schema extends z.ZodType> extends Omit<Tool, "parameters" | "run" | "check"> {
  readonly input: Schema;
  run(given: z.output<Schema>, asked: ToolAsked): Promise<string>;
}

/** Ties what `run` takes to a schema, from which the model's is made. */
export function tool<Schema extends z.ZodType>({ input, run, ...rest }: Typed<Schema>): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: "input" });
  return {
    ...rest,
    parameters,
    check: (given) => input.parse(given),
    run: (given, asked) => run(given as z.output<Schema>, asked),
  };
}

/** Text as a tool's schema takes it. */
export const toolText = (most: number) => text.min(1).max(most);
