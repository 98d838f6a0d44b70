/** Errors in the terminal's language. The page does the same in `web/src/chat/problem.ts`. */
import core from "../core/errors.es.json" with { type: "json" };
import { type CharlaError, fill } from "../core/errors.ts";
import type { Language, Spanish } from "../core/words.ts";
import engines from "../engines/errors.es.json" with { type: "json" };
import library from "../engines/library/errors.es.json" with { type: "json" };
import llama from "../engines/llama/errors.es.json" with { type: "json" };
import onnx from "../engines/onnx/errors.es.json" with { type: "json" };
import remote from "../engines/remote/errors.es.json" with { type: "json" };
import own from "../errors.es.json" with { type: "json" };
import jobs from "../jobs/errors.es.json" with { type: "json" };
import ledger from "../ledger/errors.es.json" with { type: "json" };
import { language, textsIn } from "../locales/index.ts";
import net from "../net/errors.es.json" with { type: "json" };
import replicas from "../replicas/errors.es.json" with { type: "json" };
import server from "../server/errors.es.json" with { type: "json" };
import storage from "../storage/errors.es.json" with { type: "json" };
import { features } from "./features.ts";

/** Of every error that this house can throw. */
export const spanish = (): Spanish =>
  Object.assign(
    {},
    ...[
      core,
      engines,
      library,
      llama,
      onnx,
      remote,
      jobs,
      ledger,
      net,
      replicas,
      server,
      storage,
      own,
    ],
    ...features.map((feature) => feature.spanish),
  );

/**
 * Message and hint. A bug is shown in a terminal by a variable; requests and their ids belong to the
 * server.
 */
export function explain(
  error: Pick<CharlaError, "code" | "message" | "hint" | "params">,
  into: Language = language,
): { message: string; hint: string } {
  const { message, hint } = (into === "es" && spanish()[error.code]) || error;
  const wayOut = error.code === "internal_error" ? textsIn(into)["cli.debug"] : hint;
  return { message: fill(message, error.params), hint: fill(wayOut, error.params) };
}
