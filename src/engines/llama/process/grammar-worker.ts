/** The thread that reads schemas and grammars, one after the other (`grammar-compiler.ts`). */
import { parentPort } from "node:worker_threads";
import { CharlaError } from "../../../core/errors.ts";
import { type Form, type FormRequest, formOf } from "./grammar.ts";
import type { Failure } from "./protocol.ts";

/** What comes back for a request. */
export type Answer = { readonly form: Form } | { readonly failure: Failure };

parentPort?.on("message", (request: FormRequest) => {
  parentPort?.postMessage(answerTo(request));
});

function answerTo(request: FormRequest): Answer {
  try {
    return { form: formOf(request) };
  } catch (thrown) {
    if (thrown instanceof CharlaError) {
      const { code, message, hint, status, param, params } = thrown;
      return { failure: { code, message, hint, status, params, param: param ?? undefined } };
    }
    const { name, message, stack } = thrown as Error;
    return { failure: { name, message, stack } };
  }
}
