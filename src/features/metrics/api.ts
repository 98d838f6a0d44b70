/**
 * What the metrics feature says over HTTP: the schema that documents its live events, and whose
 * type the page uses. `/metrics` is Prometheus' text format.
 */
import * as z from "zod";

/**
 * As `EngineLoad` of `core/extras.ts`. What is counted while somebody's answer is written tells how
 * long it and its prompt are, so it is null for whoever shares the engine with others and does not
 * administer it.
 */
const engine = z.object({
  model: z.string(),
  /** What people call it. */
  name: z.string(),
  /** Sequences that can be computed at once, 0 for no limit, and those that are. */
  slots: z.number(),
  busy: z.number(),
  queued: z.number(),
  /** Tokens that the KV cache can hold, and that it holds. */
  kvTokens: z.number(),
  kvUsedTokens: z.number().nullable(),
  counters: z
    .object({
      promptTokens: z.number(),
      /** Part of the prompts that was found in memory, and on disk. */
      cachedTokens: z.number(),
      restoredTokens: z.number(),
      completionTokens: z.number(),
      requests: z.number(),
      refused: z.number(),
      cancelled: z.number(),
      restarts: z.number(),
    })
    .nullable(),
  /** Resident memory of the model process, in bytes; 0 when it is not known. */
  memoryBytes: z.number().nullable(),
  /** Why the process was started again the last time. */
  lastFailure: z
    .object({
      code: z.string(),
      message: z.string(),
      hint: z.string(),
      retryable: z.boolean(),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
    })
    .catchall(z.unknown())
    .nullable(),
});
export type EngineNow = z.output<typeof engine>;

/** Each event of GET /api/engine, one a second. */
export const engineEvent = z.object({
  /** Whether all is told; else what would tell of others is null. */
  whole: z.boolean(),
  /** Of all answers together, over the last seconds; null until there is something to compare. */
  tokensPerSecond: z.number().nullable(),
  /** Turns under way, those that wait included. */
  running: z.number(),
  /** Resident memory of the server, without the model processes. */
  serverMemoryBytes: z.number().nullable(),
  /** Those in memory; none where the engine is another server's. */
  engines: z.array(engine),
});
export type EngineEvent = z.output<typeof engineEvent>;
