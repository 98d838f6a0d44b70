/**
 * The spans, by OpenTelemetry's names, and their way to the receiver.
 * Sources: the semantic conventions "HTTP spans" and "Generative AI spans"; W3C, "Trace Context".
 */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Finish, Start, Turn } from "../../core/types.ts";
import "../../core/extras.ts";

/** How long the receiver may take for one sending, in milliseconds. */
const PATIENCE_MS = 5000;
/** Version, trace, span, flags. A later version of the format begins with the same. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;

export type Parent = Context;

export interface Options {
  readonly url: string;
  readonly share: number;
  readonly version: string;
  log(line: string, error?: unknown): void;
}

export class Spans {
  readonly #provider: TracerProvider;
  readonly #tracer: ReturnType<TracerProvider["getTracer"]>;

  constructor({ url, share, version, log }: Options) {
    const ratio = new TraceIdRatioBasedSampler(share);
    const sender = new OTLPTraceExporter({
      ...{ url: `${url.replace(/\/$/, "")}/v1/traces`, timeoutMillis: PATIENCE_MS },
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ "service.name": "charla", "service.version": version }),
      // A caller may keep its requests out; it cannot have more traced than the policy says.
      sampler: new ParentBasedSampler({
        ...{ root: ratio, remoteParentSampled: ratio },
        remoteParentNotSampled: new AlwaysOffSampler(),
      }),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: told(sender, log),
          exportTimeoutMillis: 2 * PATIENCE_MS,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer("charla", version);
  }

  /** @param traceparent of the client, if it has sent one */
  request(method: string, route: string, traceparent: string | null, id: string | undefined) {
    const attributes = {
      "http.request.method": method,
      "http.route": route,
      ...(id !== undefined && { "charla.request": id }),
    };
    const kind = SpanKind.SERVER;
    const above = parentOf(traceparent);
    const span = this.#tracer.startSpan(`${method} ${route}`, { kind, attributes }, above);
    return {
      parent: trace.setSpan(above, span),
      end(status: number) {
        span.setAttribute("http.response.status_code", status);
        if (status >= 500) fail(span, String(status));
        span.end();
      },
    };
  }

  turn(turn: Turn, parent: Parent = ROOT_CONTEXT): TurnSpan {
    const { temperature, topP, maxTokens, seed } = turn.sampling;
    const attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "charla",
      "gen_ai.request.temperature": temperature,
      "gen_ai.request.top_p": topP,
      "gen_ai.request.max_tokens": maxTokens,
      ...(seed !== undefined && { "gen_ai.request.seed": seed }),
      "charla.origin": turn.origin,
    };
    const span = this.#tracer.startSpan("chat", { attributes }, parent);
    const child = (name: string, from: number, to: number, about: Attributes = {}) => {
      const options = { startTime: from, attributes: about };
      this.#tracer.startSpan(name, options, trace.setSpan(parent, span)).end(to);
    };
    return new TurnSpan(span, child);
  }

  /** Sends what is left; what cannot be sent is in the log by then. */
  async stop(): Promise<void> {
    await this.#provider.shutdown().catch(() => {});
  }
}

type Child = (name: string, from: number, to: number, about?: Attributes) => void;

/** A turn from its beginning to its end, of which only what is told first counts. */
export class TurnSpan {
  readonly #span: Span;
  readonly #child: Child;
  readonly #began = performance.now();
  #written = false;

  constructor(span: Span, child: Child) {
    this.#span = span;
    this.#child = child;
  }

  start({ model, promptTokens, droppedMessages }: Start): void {
    // What a client asked for may be any text; the model that answers is one of ours.
    this.#span.updateName(`chat ${model.id}`);
    this.#span.setAttributes({
      "gen_ai.request.model": model.id,
      "gen_ai.response.model": model.id,
      "gen_ai.usage.input_tokens": promptTokens,
      "charla.dropped_messages": droppedMessages,
      ...(model.digest !== undefined && { "charla.model.digest": model.digest }),
    });
  }

  text(): void {
    if (this.#written) return;
    this.#written = true;
    this.#span.setAttribute("charla.first_token_ms", performance.now() - this.#began);
  }

  finish({ reason, promptTokens, cachedTokens, completionTokens, timings }: Finish): void {
    this.#span.setAttributes({
      "gen_ai.response.finish_reasons": [reason],
      "gen_ai.usage.input_tokens": promptTokens,
      "gen_ai.usage.cache_read.input_tokens": cachedTokens,
      "gen_ai.usage.output_tokens": completionTokens,
    });
    if (timings) {
      const { queueMs, prefillMs, decodeMs } = timings;
      const ended = Date.now();
      const [decode, prefill] = [ended - decodeMs, ended - decodeMs - prefillMs];
      this.#child("queue", prefill - queueMs, prefill);
      const read = promptTokens - cachedTokens;
      this.#child("prefill", prefill, decode, { "gen_ai.usage.input_tokens": read });
      this.#child("decode", decode, ended, { "gen_ai.usage.output_tokens": completionTokens });
    }
    this.#span.end();
  }

  /** @param code of the error, which no text stands in */
  fail(code: string): void {
    fail(this.#span, code);
    this.#span.end();
  }

  /** Of who has left before the end. */
  end(): void {
    if (this.#span.isRecording()) this.fail("cancelled");
  }
}

function fail(span: Span, code: string): void {
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Of the span that a client works in. */
function parentOf(header: string | null): Context {
  const [, traceId = "", spanId = "", flags = "0"] = TRACEPARENT.exec(header ?? "") ?? [];
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Says in the log when the receiver cannot be reached, and when it can again. */
function told(sender: OTLPTraceExporter, log: Options["log"]): SpanExporter {
  let lost = false;
  return {
    export(spans, done) {
      sender.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !lost) log("the receiver of traces cannot be reached", result.error);
        if (!failed && lost) log("the receiver of traces can be reached again");
        lost = failed;
        done(result);
      });
    },
    forceFlush: () => sender.forceFlush(),
    shutdown: () => sender.shutdown(),
  };
}
