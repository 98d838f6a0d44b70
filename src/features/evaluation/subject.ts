/** A model that is measured: opened, with what is known of it. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Engine, Engines } from "../../core/engine.ts";
import type { Measure } from "../../core/measure.ts";
import { type Facts, labelOf, type Wish } from "./plan.ts";
import type { Tools } from "./tools.ts";

export interface Subject extends AsyncDisposable {
  readonly engine: Engine;
  readonly facts: Facts;
  /** By the name that the engine knows it by. */
  readonly adapter: string | undefined;
}

export interface Where {
  /** What features can measure of themselves. */
  measures(): readonly Measure[];
  readonly tools: Tools;
  readonly engines: Engines;
  /** Nobody chats here, so that a model may have all of the machine. */
  readonly alone: boolean;
}

/** @throws CharlaError what is wrong with the model, its file or its adapter */
export async function openSubject(
  { tools, engines, alone }: Where,
  wish: Wish,
  signal: AbortSignal,
): Promise<Subject> {
  const find = async () => (await tools.find(wish.model))?.path;
  // In a server its engines say which models there are, and refuse the others.
  const path = wish.path ?? (await (alone ? find() : find().catch(() => undefined)));
  const file = path === undefined ? undefined : await factsOf(tools, path, signal);
  const label = labelOf(wish);
  const machine = machineOf();
  // An adapter of the library is found by the library alone.
  const own = path !== undefined && (wish.path !== undefined || (alone && !wish.adapter));
  if (!own) {
    const leaving = new AbortController();
    const held = AbortSignal.any([signal, leaving.signal]);
    const engine = await engines.get(wish.model, held);
    const { name, digest, quantisation, device } = engine.card;
    return {
      ...{ engine, adapter: wish.adapter },
      facts: {
        ...{ quantisation, ...file, digest: digest ?? file?.digest },
        label,
        name,
        device,
        machine,
      },
      async [Symbol.asyncDispose]() {
        leaving.abort();
      },
    };
  }
  const adapter = wish.adapter && {
    ...{ id: basename(wish.adapter), path: wish.adapter },
    digest: await digestOf(wish.adapter, signal),
  };
  const engine = await tools.openAlone(path, { ...(adapter && { adapter }), signal });
  const { name, device } = engine.card;
  return {
    ...{ engine, adapter: adapter ? adapter.id : undefined },
    facts: {
      ...file,
      ...{ label, name, device, machine },
      ...(adapter && { adapterDigest: adapter.digest }),
    },
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

async function factsOf(tools: Tools, path: string, signal: AbortSignal) {
  const { architecture, quantisation, parameters } = await tools.inspect(path);
  const { size: fileBytes } = await stat(path);
  const digest = await digestOf(path, signal);
  return { architecture, quantisation, parameters, fileBytes, digest };
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest("hex");
}

/** What figures of speed hang on. */
function machineOf(): string {
  const processor = cpus()[0]?.model.trim() || process.arch;
  return `${availableParallelism()} × ${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
