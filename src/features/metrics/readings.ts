/** What the engines say of themselves, as instruments, and how instruments are read. */
import { MeterProvider, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { EngineLoad } from "../../core/extras.ts";
import type { Gauge } from "../../core/gauges.ts";

export const MODEL = "gen_ai.request.model";

type Reading = readonly [
  name: string,
  unit: string,
  help: string,
  read: (of: EngineLoad) => number,
];

const GAUGES: readonly Reading[] = [
  ["slots", "", "Sequences that can be computed at once; 0: no limit.", ({ slots }) => slots],
  ["slots_busy", "", "Sequences that are computed.", ({ busy }) => busy],
  ["queued", "", "Requests that wait for a slot.", ({ queued }) => queued],
  ["kv_tokens", "", "Tokens that the KV cache can hold.", ({ kvTokens }) => kvTokens],
  ["kv_used_tokens", "", "Tokens that the KV cache holds.", (of) => of.kvUsedTokens],
  ["memory_bytes", "bytes", "Resident memory of the model process.", (of) => of.memoryBytes],
];

const COUNTERS: readonly Reading[] = [
  ["requests", "", "Requests taken.", ({ counters }) => counters.requests],
  ["refused", "", "Requests refused for the queue's length.", ({ counters }) => counters.refused],
  ["cancelled", "", "Requests that were given up.", ({ counters }) => counters.cancelled],
  ["restarts", "", "New starts of the model process.", ({ counters }) => counters.restarts],
  ["prompt_tokens", "", "Tokens of prompts.", ({ counters }) => counters.promptTokens],
  ["cached_tokens", "", "Tokens of prompts found in memory.", (of) => of.counters.cachedTokens],
  ["restored_tokens", "", "Tokens of prompts found on disk.", (of) => of.counters.restoredTokens],
  ["completion_tokens", "", "Tokens of answers.", ({ counters }) => counters.completionTokens],
];

/**
 * The instruments are made anew for each reading: those of OpenTelemetry would go on to tell of a
 * model that has left the memory long since.
 */
export async function readEngines(loads: readonly EngineLoad[]): Promise<ResourceMetrics> {
  const reader = new Reader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter("charla");
  const kinds = [
    [GAUGES, meter.createObservableGauge.bind(meter)],
    [COUNTERS, meter.createObservableCounter.bind(meter)],
  ] as const;
  for (const [readings, create] of kinds) {
    for (const [name, unit, description, read] of readings) {
      create(`charla.engine.${name}`, { unit, description }).addCallback((into) => {
        for (const load of loads) into.observe(read(load), { [MODEL]: load.model });
      });
    }
  }
  return reader.read();
}

/** The same of what others know. */
export async function readGauges(gauges: readonly Gauge[]): Promise<ResourceMetrics> {
  const reader = new Reader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter("charla");
  for (const { name, help, values } of gauges) {
    meter.createObservableGauge(name, { description: help }).addCallback((into) => {
      for (const { value, labels } of values) into.observe(value, { ...labels });
    });
  }
  return reader.read();
}

/** Reads when it is asked, and keeps nothing that would have to be flushed. */
export class Reader extends MetricReader {
  async read(): Promise<ResourceMetrics> {
    const { resourceMetrics, errors } = await this.collect();
    const [error] = errors;
    if (error !== undefined) throw error;
    return resourceMetrics;
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
