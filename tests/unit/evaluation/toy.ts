/** An engine that knows how likely it finds texts: each character is a token. */
import type { Engine } from "../../../src/core/engine.ts";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import type { Tools } from "../../../src/features/evaluation/tools.ts";

interface Toy {
  readonly id?: string;
  /** Nats of a token, by its code and what stands before it. */
  readonly nats?: (code: number, before: number) => number;
  readonly opening?: number;
  readonly digest?: string;
  /** Called before each window. */
  onWindow?(): void;
}

export function toy(options: Toy = {}): Engine {
  const { id = "toy", nats = (code) => 1 + (code % 3), opening = 0, onWindow = () => {} } = options;
  const base = scripted({ id, name: id });
  return {
    ...base,
    card: { ...base.card, ...(options.digest && { digest: options.digest }) },
    openingTokens: opening,
    tokenize: async (text) => Array.from(text, (one) => one.codePointAt(0) as number),
    async scoreTokens(tokens, { from, signal }) {
      onWindow();
      signal.throwIfAborted();
      return tokens.slice(from).map((code, at) => {
        const text = String.fromCodePoint(code);
        const before = from + at + opening;
        const logprob = before === 0 ? null : -nats(code, before);
        return { id: code, text, bytes: [...Buffer.from(text)], logprob, top: [] };
      });
    },
  };
}

const unused = () => {
  throw new Error("not expected to be used");
};

/** For models that are no files. */
export const noFiles: Tools = {
  ...{ inspect: unused, quantise: unused, freeBytes: unused, openAlone: unused },
  find: async () => null,
};

/** Where models are no files, in a server whose features measure nothing of themselves. */
export const bare = { tools: noFiles, alone: false, measures: () => [] };

/** These engines by their ids. */
export const several = (engines: readonly Engine[]) => ({
  ...only(engines[0] as Engine),
  get: async (id: string | undefined) => {
    const found = engines.find(({ card }) => card.id === id);
    if (!found) throw new Error(`no engine ${id}`);
    return found;
  },
});
