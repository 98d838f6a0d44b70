/**
 * The instruments, by OpenTelemetry's names for generative AI, as Prometheus reads them. Loaded
 * with the first turn or the first look at them, so that the server starts without.
 * Sources: the semantic conventions "Generative AI metrics" (names, attributes, buckets);
 * OpenTelemetry's "Prometheus and OpenMetrics Compatibility" (the unit becomes part of the name).
 */
import type { Attributes } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { EngineLoad } from "../../core/extras.ts";
import type { Gauge } from "../../core/gauges.ts";
import type { Measured } from "./measure.ts";
import { MODEL, Reader, readEngines, readGauges } from "./readings.ts";

const FIRST_TOKEN = [
  ...[0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
];
const PER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
/** From 10 ms on, each twice the one before. */
const DURATION = Array.from({ length: 14 }, (_, power) => 2 ** power / 100);
/** From 1 on, each four times the one before. */
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);

export class Meters {
  readonly #reader = new Reader();
  readonly #serializer = new PrometheusSerializer("", false, undefined, true, true);
  readonly #loads: () => readonly EngineLoad[];
  readonly #record: (measured: Measured) => void;

  /** @param loads of the engines in memory, read whenever the metrics are */
  constructor(loads: () => readonly EngineLoad[]) {
    this.#loads = loads;
    const meter = new MeterProvider({ readers: [this.#reader] }).getMeter("charla");
    const histogram = (name: string, unit: string, help: string, bounds: number[]) =>
      meter.createHistogram(name, {
        ...{ unit, description: help },
        advice: { explicitBucketBoundaries: bounds },
      });
    const seconds = (name: string, help: string, bounds: number[]) =>
      histogram(`gen_ai.server.${name}.seconds`, "seconds", help, bounds);
    const firstToken = seconds("time_to_first_token", "Time to the first token.", FIRST_TOKEN);
    const perToken = seconds("time_per_output_token", "Time per token after it.", PER_TOKEN);
    const duration = seconds("request.duration", "Time to the last token.", DURATION);
    const usage = histogram("gen_ai.client.token.usage", "", "Tokens of a turn.", TOKENS);

    this.#record = (measured) => {
      const { origin, model, outcome, error, firstTokenMs, totalMs, finish } = measured;
      const about: Attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "charla",
        "charla.origin": origin,
        // What a client asked for may be any text; only models that there are become labels.
        ...(model !== undefined && { [MODEL]: model }),
      };
      const ill = error !== undefined || outcome === "cancelled";
      duration.record(totalMs / 1000, { ...about, ...(ill && { "error.type": outcome }) });
      if (!finish) return;
      const { promptTokens, completionTokens, timings } = finish;
      usage.record(promptTokens, { ...about, "gen_ai.token.type": "input" });
      usage.record(completionTokens, { ...about, "gen_ai.token.type": "output" });
      if (firstTokenMs === undefined) return;
      firstToken.record(firstTokenMs / 1000, about);
      // The engine's own time, where it tells it: the reader's pace is not in it.
      const decodeMs = timings?.decodeMs ?? totalMs - firstTokenMs;
      if (completionTokens > 1) perToken.record(decodeMs / 1000 / (completionTokens - 1), about);
    };

    const memory = { unit: "bytes", description: "Resident memory of the server." };
    meter
      .createObservableGauge("process.memory.usage.bytes", memory)
      .addCallback((into) => into.observe(process.memoryUsage.rss()));
  }

  record(measured: Measured): void {
    this.#record(measured);
  }

  /** In Prometheus' text format, version 0.0.4. @param gauges of other features */
  async text(gauges: readonly Gauge[] = []): Promise<string> {
    const [turns, engines] = [await this.#reader.read(), await readEngines(this.#loads())];
    const others = await readGauges(gauges);
    const scopeMetrics = [turns, engines, others].flatMap((one) => one.scopeMetrics);
    return `${this.#serializer.serialize({ ...turns, scopeMetrics })}\n`;
  }
}
