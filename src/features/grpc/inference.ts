/**
 * The Open Inference Protocol v2, for clients of KServe and Triton, with the tensors that Triton's vLLM
 * backend has given to language models: `text_input`, `stream` and `sampling_parameters` in, `text_output`
 * out. The text is a message of the user, never a bare prompt: it cannot hold control tokens.
 * Sources: kserve/open-inference-protocol; triton-inference-server/vllm_backend, "README" and
 * "docs/additional_outputs.md"; triton-inference-server/server, "Decoupled models".
 */
import * as z from "zod";
import { sampling } from "../../core/chat.ts";
import type { House } from "../../core/feature.ts";
import { modelNotFound } from "../../core/refusals.ts";
import { check, parseJson, text } from "../../core/route.ts";
import type { Delta } from "../../core/types.ts";
import { stops } from "./chat.ts";
import type { Message, Methods } from "./services.ts";
import { invalidTensor, toTensor, valuesOf } from "./tensors.ts";
import { type Asked, ask, modelOf } from "./turns.ts";

/** The only one that a model has. */
const VERSION = "1";
const INPUTS = [
  ["text_input", "BYTES"],
  ["stream", "BOOL"],
  ["sampling_parameters", "BYTES"],
  ["exclude_input_in_output", "BOOL"],
] as const;
/** Asks for an empty answer that says that it was the last one. Source: "Decoupled models". */
const WITH_LAST = "triton_enable_empty_final_response";
const LAST = "triton_final_response";

/** Numbers come as texts, too, since Triton's own examples send them so. */
const number = z.union([z.number(), z.string().trim().min(1).transform(Number)]);
const samplingParameters = z
  .strictObject({
    temperature: number.pipe(sampling.temperature),
    top_p: number.pipe(sampling.topP),
    max_tokens: number.pipe(sampling.maxTokens),
    seed: number.pipe(sampling.seed),
    stop: z.union([text.transform((one) => [one]), z.array(text)]).pipe(stops),
  })
  .partial();

/** @param sentence what was thrown, for people */
export function inference(
  house: House,
  sentence: (thrown: unknown, signal: AbortSignal) => string,
): Methods {
  const { engines, settings } = house;
  const cardOf = async (name: string, version: string) => {
    const wanted = modelOf(name) ?? engines.status().model?.id;
    const card = (await engines.list()).find(({ id }) => id === wanted);
    if (!card || (version !== "" && version !== VERSION)) throw modelNotFound(name);
    return card;
  };
  return {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: engines.status().state === "ready" }),
    serverMetadata: () => ({ name: "charla", version: settings.version, extensions: [] }),
    async modelReady({ name, version }) {
      await cardOf(name, version);
      return { ready: true };
    },
    async modelMetadata({ name, version }) {
      const { id } = await cardOf(name, version);
      const tensor = ([name, datatype]: readonly [string, string]) => ({
        ...{ name, datatype, shape: [1n] },
      });
      return {
        ...{ name: id, versions: [VERSION], platform: "charla" },
        inputs: INPUTS.map(tensor),
        outputs: [tensor(["text_output", "BYTES"])],
      };
    },
    async modelInfer(request, { signal }) {
      const { asked, stream } = read(request);
      if (stream) throw invalidTensor("stream", "only ModelStreamInfer sends a stream");
      const [whole] = await Array.fromAsync(answers(request, ask(house, asked, signal), false));
      return whole;
    },
    async *modelStreamInfer(requests: AsyncIterable<Message>, { signal }) {
      for await (const request of requests) {
        try {
          const { asked, stream, withLast } = read(request);
          const deltas = ask(house, asked, signal);
          for await (const one of answers(request, deltas, stream, withLast)) {
            yield { inferResponse: one };
          }
        } catch (thrown) {
          // The protocol has no code for one request of a stream; the others go on.
          yield { errorMessage: sentence(thrown, signal), inferResponse: headOf(request) };
        }
      }
    },
  };
}

const headOf = ({ modelName, modelVersion, id }: Message) => ({ modelName, modelVersion, id });

interface Read {
  readonly asked: Asked;
  readonly stream: boolean;
  readonly withLast: boolean;
}

/** @throws CharlaError `invalid_tensor`, `invalid_value`, `unsupported_parameter` */
function read(request: Message): Read {
  const { modelName: model, modelVersion: version, parameters, outputs } = request;
  if (version !== "" && version !== VERSION) throw modelNotFound(`${model}/${version}`);
  for (const { name } of outputs) {
    if (name !== "text_output") throw invalidTensor(name, "no such output is made");
  }
  for (const name of Object.keys(parameters)) {
    if (name !== WITH_LAST) throw invalidTensor(name, "no such parameter is known");
  }
  const values = valuesOf(request);
  const of = <Kind extends "string" | "boolean">(name: (typeof INPUTS)[number][0], kind: Kind) => {
    const value = values.get(name);
    if (value !== undefined && typeof value !== kind) throw invalidTensor(name, "of another type");
    return value as (Kind extends "string" ? string : boolean) | undefined;
  };
  for (const name of values.keys()) {
    if (!INPUTS.some(([known]) => known === name))
      throw invalidTensor(name, "no such input is read");
  }
  const content = of("text_input", "string");
  if (content === undefined) throw invalidTensor("text_input", "it is missing");
  if (of("exclude_input_in_output", "boolean") === false) {
    throw invalidTensor("exclude_input_in_output", "the question is never in the answer");
  }
  const given = parseJson(of("sampling_parameters", "string") || "{}");
  const { top_p: topP, max_tokens: maxTokens, stop, ...rest } = check(samplingParameters, given);
  return {
    asked: {
      ...{ model, stop, sampling: { ...rest, topP, maxTokens } },
      messages: [{ role: "user", content: check(text, content) }],
    },
    stream: of("stream", "boolean") ?? false,
    withLast: parameters[WITH_LAST]?.parameterChoice.value === true,
  };
}

/** The answer piece by piece, or whole; its model is named as it was asked for. */
async function* answers(
  request: Message,
  deltas: AsyncIterable<Delta>,
  stream: boolean,
  withLast = false,
) {
  const raw = request.rawInputContents.length > 0;
  const flag = (last: boolean) =>
    withLast && { parameters: { [LAST]: { parameterChoice: { case: "boolParam", value: last } } } };
  const piece = (text: string) => ({
    ...{ ...headOf(request), ...flag(false), ...toTensor("text_output", text, raw) },
  });
  let whole = "";
  for await (const delta of deltas) {
    if (delta.type !== "text" || delta.text === "") continue;
    if (stream) yield piece(delta.text);
    else whole += delta.text;
  }
  if (!stream) yield piece(whole);
  if (withLast) yield { ...headOf(request), ...flag(true) };
}
