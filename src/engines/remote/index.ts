/**
 * Models of another server: vLLM, llama-server, LM Studio, Ollama, or anything else that speaks
 * OpenAI's API. To scale out is theirs; Charla brings the chat.
 */
import * as z from "zod";
import type { Engine, EngineStatus, Engines } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import { modelNotFound } from "../../core/refusals.ts";
import type { ModelCard } from "../../core/types.ts";
import { cancelled } from "../errors.ts";
import { remoteEngine } from "./engine.ts";
import { type RemoteOptions, Server } from "./server.ts";
import { findCounter } from "./tokens.ts";

/** Where nobody says otherwise, in tokens. Ollama does not say: set it to its `num_ctx`. */
const DEFAULT_CONTEXT = 8192;
/** How long a list of models is good for, in milliseconds. */
const FRESH_MS = 10_000;

const modelList = z.object({
  // Ollama says null before its first model.
  data: z
    .array(
      z.object({
        id: z.string(),
        owned_by: z.string().nullish(),
        // vLLM.
        max_model_len: z.number().nullish(),
        // llama-server: what the model was trained for, not what it runs with.
        meta: z.object({ n_ctx_train: z.number().nullish() }).nullish(),
        // OpenRouter.
        architecture: z.object({ input_modalities: z.array(z.string()).nullish() }).nullish(),
      }),
    )
    .nullable(),
});

/** llama-server's context window for one chat, and whether its model sees. */
const props = z.object({
  default_generation_settings: z.object({ n_ctx: z.number() }),
  modalities: z.object({ vision: z.boolean().nullish() }).nullish(),
});

/** Ollama's. */
const version = z.object({ version: z.string() });
const shown = z.object({ capabilities: z.array(z.string()).nullish() });

/** @throws TypeError when the address is none */
export function remote(options: RemoteOptions): Engines {
  const server = new Server(options);
  const engines = new Map<string, Promise<Engine>>();
  const seeing: Seeing = new Map();
  let listing: Promise<readonly ModelCard[]> | undefined;
  let freshUntil = 0;
  let status: EngineStatus = { state: "loading", model: null };

  async function refresh(): Promise<readonly ModelCard[]> {
    try {
      const cards = await listModels(server, options, seeing);
      status = statusOf(() => pick(server, cards, options.model));
      return cards;
    } catch (thrown) {
      freshUntil = 0;
      status = statusOf(() => {
        throw thrown;
      });
      throw thrown;
    }
  }

  function list(): Promise<readonly ModelCard[]> {
    if (listing && performance.now() < freshUntil) return listing;
    freshUntil = performance.now() + FRESH_MS;
    listing = refresh();
    // Nobody may be waiting for it; then the status tells what went wrong.
    listing.catch(() => {});
    return listing;
  }

  async function find(wanted: string | undefined): Promise<Engine> {
    const card = pick(server, await list(), wanted ?? options.model);
    const key = JSON.stringify(card);
    const found = engines.get(key);
    if (found) return found;
    const made = make(card);
    engines.set(key, made);
    made.catch(() => engines.delete(key));
    return made;
  }

  async function make(card: ModelCard): Promise<Engine> {
    if (server.kind === "other" && (await server.askIfThere("/api/version", version))) {
      server.kind = "ollama";
    }
    return remoteEngine(server, card, await findCounter(server, card.id));
  }

  list();
  return {
    list,
    async get(wanted, signal) {
      const { promise, reject } = Promise.withResolvers<never>();
      const giveUp = () => reject(cancelled());
      signal.addEventListener("abort", giveUp);
      if (signal.aborted) giveUp();
      try {
        // What is found out meanwhile is of use to the next turn.
        return await Promise.race([promise, find(wanted)]);
      } finally {
        signal.removeEventListener("abort", giveUp);
      }
    },
    status() {
      list();
      return status;
    },
    async close() {
      for (const made of await Promise.allSettled(engines.values())) {
        if (made.status === "fulfilled") await made.value.close();
      }
    },
  };
}

/** What Ollama has said of its models, by their ids. */
type Seeing = Map<string, boolean>;

async function listModels(
  server: Server,
  { context, vision }: Pick<RemoteOptions, "context" | "vision">,
  seeing: Seeing,
): Promise<readonly ModelCard[]> {
  const data = (await server.ask("models", modelList)).data ?? [];
  const kind = (["vllm", "llamacpp"] as const).find((name) =>
    data.some((model) => model.owned_by === name),
  );
  server.kind = kind ?? server.kind;
  const isLlama = kind === "llamacpp";
  const wanted = context === undefined || vision === undefined;
  const asked = wanted && isLlama ? await server.askIfThere("/props", props) : undefined;
  const running = asked?.default_generation_settings.n_ctx;
  if (vision === undefined)
    for (const { id, owned_by } of data)
      if (owned_by === "library" && !seeing.has(id)) await askOllama(server, id, seeing);
  const sees = (id: string, inputs: readonly string[] | null | undefined) => {
    if (vision !== undefined) return vision === "all" || (vision !== "none" && vision.includes(id));
    return asked?.modalities?.vision || inputs?.includes("image") || seeing.get(id);
  };
  return data.map(({ id, max_model_len, meta, architecture }) => ({
    id,
    // llama-server's ids are paths, vLLM's have the owner's name before them.
    name: id.replace(/^.*[/\\]/, "").replace(/\.gguf$/, ""),
    contextWindow: context ?? max_model_len ?? running ?? meta?.n_ctx_train ?? DEFAULT_CONTEXT,
    device: server.origin,
    ...(sees(id, architecture?.input_modalities) && { vision: true as const }),
    thinking: { off: true, effort: true, elsewhere: true },
  }));
}

/** Sources: Ollama's API reference, "Show model information"; it stays so as long as this server runs. */
async function askOllama(server: Server, model: string, seeing: Seeing): Promise<void> {
  const told = await server.askIfThere("/api/show", shown, { model });
  seeing.set(model, told?.capabilities?.includes("vision") ?? false);
}

function pick(server: Server, cards: readonly ModelCard[], wanted?: string): ModelCard {
  const card = wanted === undefined ? cards[0] : cards.find(({ id }) => id === wanted);
  if (card) return card;
  if (wanted !== undefined) throw modelNotFound(wanted);
  throw new CharlaError("remote_without_models", {
    status: 503,
    message: "The model server {server} has no model to offer.",
    hint: "Load or pull a model there.",
    params: { server: server.origin },
  });
}

function statusOf(pick: () => ModelCard): EngineStatus {
  try {
    return { state: "ready", model: pick() };
  } catch (thrown) {
    return { state: "failed", model: null, error: CharlaError.from(thrown) };
  }
}
