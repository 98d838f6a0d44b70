/**
 * The features, outermost first: the only file that names them. To take one out, delete its folder,
 * its tests, its line here and its import.
 */
import type { Feature } from "../core/feature.ts";
import { accounts } from "../features/accounts/index.ts";
import { api } from "../features/api/index.ts";
import { assistants } from "../features/assistants/index.ts";
import { audit } from "../features/audit/index.ts";
import { conversations } from "../features/conversations/index.ts";
import { cost } from "../features/cost/index.ts";
import { evaluation } from "../features/evaluation/index.ts";
import { grpc } from "../features/grpc/index.ts";
import { guard } from "../features/guard/index.ts";
import { images } from "../features/images/index.ts";
import { instructions } from "../features/instructions/index.ts";
import { jobs } from "../features/jobs/index.ts";
import { knowledge } from "../features/knowledge/index.ts";
import { limits } from "../features/limits/index.ts";
import { mcp } from "../features/mcp/index.ts";
import { memory } from "../features/memory/index.ts";
import { metrics } from "../features/metrics/index.ts";
import { models } from "../features/models/index.ts";
import { offline } from "../features/offline/index.ts";
import { onnx } from "../features/onnx/index.ts";
import { openai } from "../features/openai/index.ts";
import { personalData } from "../features/personal-data/index.ts";
import { provenance } from "../features/provenance/index.ts";
import { quantize } from "../features/quantize/index.ts";
import { recall } from "../features/recall/index.ts";
import { rights } from "../features/rights/index.ts";
import { tools } from "../features/tools/index.ts";
import { tracing } from "../features/tracing/index.ts";
import { training } from "../features/training/index.ts";
import { voice } from "../features/voice/index.ts";

const engines = () => import("../engines.ts");

/** A call where a feature alone needs what an engine has. */
export const features: readonly Feature[] = [
  // Outermost: what any other refuses is said in the words of its protocols.
  grpc,
  tracing,
  accounts,
  metrics,
  limits,
  cost,
  // Outside of the guard: what a caller sets (stop strings) is to act on what is shown.
  openai,
  // Outside of all that counts what the window has left.
  memory,
  // So is this: what it finds in files is a text from outside, which the guard marks.
  knowledge(async (log) => (await engines()).meaningTools(log)),
  // And so is the text that was read from images.
  images,
  // Inside of that: what files take of the window is part of what it has to fit.
  recall,
  // Outside of the guard, which looks at each step of a loop.
  tools(async () => (await import("../net/fetch.ts")).safeFetch),
  guard,
  personalData,
  // Inside of all that changes a question: what it writes down is what the model has read.
  provenance,
  api,
  conversations,
  instructions,
  assistants,
  mcp,
  models(async () => (await engines()).modelFiles),
  offline(async () => (await engines()).modelFiles),
  jobs,
  quantize(async (log) => (await engines()).fileTools(log)),
  onnx(async (log) => (await engines()).onnxTools(log)),
  evaluation(async (log) => (await engines()).measuringTools(log)),
  training(async (log, served) => (await engines()).trainingTools(log, served)),
  voice(async () => (await engines()).voiceTools()),
  audit,
  rights,
];

/** What they can measure of themselves. */
export const measures = () => features.flatMap((one) => one.measures ?? []);
