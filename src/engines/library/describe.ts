/** A model as people see it: what it is, and how things stand with it. */
import { CharlaError } from "../../core/errors.ts";
import type { StandIn } from "../../core/extras.ts";
import { isStarter } from "./catalogue.ts";
import type { Download } from "./downloads.ts";
import type { Entry } from "./shelf.ts";

/**
 * absent: not on this machine; partial: a download can be resumed; downloading, verifying: under
 * way; ready: on disk; loading, loaded: in the engine; broken: the file is not what it should be.
 */
type State =
  | "absent"
  | "partial"
  | "downloading"
  | "verifying"
  | "ready"
  | "loading"
  | "loaded"
  | "broken";

export interface Standing {
  /** What is known of the file on disk without reading it. */
  readonly known: { readonly digest: string | null; readonly broken: boolean } | undefined;
  /** Bytes of a partial download. */
  readonly partial: number | undefined;
  readonly download: Download | undefined;
  readonly loaded: boolean;
  /** 0 to 1, or undefined when it is not being loaded. */
  readonly loading: number | undefined;
  /** Bytes that have been checked, while it is checked before it is loaded. */
  readonly verified: number | undefined;
  readonly error: CharlaError | undefined;
  /** As the engine has found it, once it was loaded. */
  readonly standIn: StandIn | undefined;
}

export type Model = ReturnType<typeof describe>;

export function describe(entry: Entry, standing: Standing) {
  const { id, name, bytes } = entry;
  const offered = entry.catalogue;
  const catalogue = offered?.added && entry.gguf ? undefined : offered;
  const { known, partial, download, verified } = standing;
  const gguf = entry.gguf instanceof CharlaError ? undefined : entry.gguf;
  const error = entry.gguf instanceof CharlaError ? entry.gguf : standing.error;
  const digest = known?.digest ?? offered?.digest ?? null;
  const fileBytes = bytes ?? download?.progress.total ?? catalogue?.fileBytes ?? 0;
  return {
    id,
    name,
    description: offered?.description ?? OWN,
    languages: [...(catalogue?.languages ?? [])],
    licence: catalogue?.licence ?? gguf?.licence ?? "?",
    parameters: catalogue?.parameters ?? rounded(gguf?.parameters ?? 0),
    quantisation: catalogue?.quantisation ?? gguf?.quantisation ?? "?",
    contextWindow: catalogue?.contextWindow ?? gguf?.contextWindow ?? 0,
    fileBytes,
    memoryBytes: catalogue?.memoryBytes ?? Math.round(fileBytes * 1.2 + OVERHEAD_BYTES),
    template:
      standing.standIn?.template ??
      (gguf?.templated === false ? ("missing" as const) : ("own" as const)),
    gated: catalogue?.gated ?? false,
    own: !offered || offered.added === true,
    starter: isStarter(id, digest),
    thinking: gguf?.thinking ?? null,
    merged: gguf?.merged ?? null,
    digest,
    state: stateOf(entry, standing),
    loading: standing.loading ?? null,
    received: verified ?? download?.progress.received ?? bytes ?? partial ?? 0,
    bytesPerSecond: download?.bytesPerSecond ?? null,
    error: download || !error ? null : { ...error.toJSON() },
  };
}

function stateOf({ bytes, gguf }: Entry, standing: Standing): State {
  const { known, partial, download, loaded, loading, verified } = standing;
  if (download) return download.progress.phase;
  if (loaded) return "loaded";
  if (loading !== undefined) return verified === undefined ? "loading" : "verifying";
  if (gguf instanceof CharlaError || known?.broken) return "broken";
  if (bytes !== undefined) return "ready";
  return partial ? "partial" : "absent";
}

const OWN = { en: "A file of your own.", es: "Un archivo tuyo." };
/** What an engine takes besides the weights and their working memory. */
const OVERHEAD_BYTES = 300e6;

function rounded(parameters: number): string {
  if (parameters === 0) return "?";
  if (parameters < 1e9) return `${Math.round(parameters / 1e6)}M`;
  return `${(parameters / 1e9).toFixed(1)}B`;
}
