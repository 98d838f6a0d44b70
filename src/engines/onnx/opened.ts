/** An exported model, opened: ONNX Runtime with the file, and llama.cpp with its vocabulary alone. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { lookForLibrary } from "../llama/native/find.ts";
import { Model } from "../llama/native/model.ts";
import { openLibrary } from "../llama/native/open.ts";
import { type Open, threadsOf } from "../llama/process/opened.ts";
import { readCarried, vocabularyOf } from "./carried.ts";
import { OnnxContext, type Runtime, type Session } from "./context.ts";
import { notExported } from "./errors.ts";
import { VERSION } from "./runtime.ts";

/** Of messages: errors alone. */
const ERRORS = 3;

export const openOnnx: Open = async (
  { path, plan: wanted, library: known, runtime: entry },
  onProgress,
) => {
  const carried = await readCarried(path);
  const { shape } = carried;
  const runtime: Runtime = (await import(pathToFileURL(entry ?? "").href)).default;
  const library = known ?? (await lookForLibrary());
  const folder = await mkdtemp(join(tmpdir(), "charla-onnx-"));
  const read = () => rm(folder, { recursive: true, force: true });
  try {
    const header = join(folder, "vocabulary.gguf");
    await writeFile(header, vocabularyOf(carried, path));
    const model = await Model.load(openLibrary(library), header, {
      ...{ lockMemory: false, gpu: false, vocabularyOnly: true, onProgress: () => {} },
    });
    if (model.vocabSize !== shape.vocabulary) throw notExported(path);
    const threads = wanted.batchThreads;
    const session: Session = await runtime.InferenceSession.create(path, {
      ...{ executionProviders: ["cpu"], intraOpNumThreads: threads, logSeverityLevel: ERRORS },
      // Threads that wait by spinning slow down whoever else computes.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    onProgress(1);
    const contextTokens = Math.min(wanted.contextTokens, shape.places);
    const plan = { ...wanted, threads, contextTokens };
    const size = { sequences: plan.slots, places: contextTokens };
    return {
      ...{ model, plan, library, header, read },
      context: new OnnxContext({ runtime, session, shape }, size),
      version: `ONNX Runtime ${VERSION}`,
      device: `ONNX Runtime, ${threadsOf(plan)}`,
    };
  } catch (thrown) {
    await read();
    throw thrown;
  }
};
