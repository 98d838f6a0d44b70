/**
 * What can be called, by whom, and what it costs. The protos beside this say the same of the messages;
 * a test compares both, since the protos are read with the first call and this at every start.
 */
import type { Route } from "../../core/route.ts";

export interface Rpc extends Pick<Route, "access" | "computes" | "summary"> {
  /** "/package.Service/Method" */
  readonly path: string;
}

const CHAT = "/charla.v1.Chat";
const MODELS = "/charla.v1.Models";
const INFERENCE = "/inference.GRPCInferenceService";
const REFLECTION = "Tells which services there are, and their messages.";

export const RPCS: readonly Rpc[] = [
  { path: `${CHAT}/Answer`, access: "chat", summary: "Answers a history with a stream of deltas." },
  { path: `${MODELS}/List`, access: "models:read", summary: "Lists the models." },
  {
    ...{ path: `${MODELS}/Embed`, access: "chat", computes: true },
    summary: "Turns texts into vectors.",
  },
  { path: `${MODELS}/Tokenize`, access: "chat", summary: "Cuts a text into tokens." },
  { path: `${MODELS}/Detokenize`, access: "chat", summary: "Puts tokens together to their text." },
  { path: `${INFERENCE}/ServerLive`, access: "anyone", summary: "Says that the server is alive." },
  { path: `${INFERENCE}/ServerReady`, access: "anyone", summary: "Says whether it can answer." },
  { path: `${INFERENCE}/ServerMetadata`, access: "anyone", summary: "Names the server." },
  {
    path: `${INFERENCE}/ModelReady`,
    access: "models:read",
    summary: "Says whether a model is there.",
  },
  {
    path: `${INFERENCE}/ModelMetadata`,
    access: "models:read",
    summary: "Names a model's tensors.",
  },
  { path: `${INFERENCE}/ModelInfer`, access: "chat", summary: "Answers a text, whole." },
  {
    ...{ path: `${INFERENCE}/ModelStreamInfer`, access: "chat" },
    summary: "Answers texts, one after the other, as they are written.",
  },
  {
    path: "/grpc.health.v1.Health/Check",
    access: "anyone",
    summary: "Says whether it can answer.",
  },
  {
    ...{ path: "/grpc.health.v1.Health/Watch", access: "anyone" },
    summary: "Says whether it can answer, and again when that changes.",
  },
  ...["v1", "v1alpha"].map(
    (version): Rpc => ({
      path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      ...{ access: "anyone", summary: REFLECTION },
    }),
  ),
];
