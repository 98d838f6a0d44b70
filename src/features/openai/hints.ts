/**
 * What clients send beside what is asked for. Hints and annotations are taken, and named in a header
 * of the answer; fields that would change it are refused unless they are at the value of who does
 * not use them.
 * Sources: the OpenAI API reference, "Create chat completion"; the servers of vLLM and llama.cpp,
 * whose clients send their defaults; LiteLLM, LangChain and OpenRouter for what stands on messages.
 */
import { hintsIn, ignoring, type Silent } from "../../core/taken.ts";

/** Of a request. */
export const HINTS: Silent = {
  // OpenAI's accounting, caches and storage.
  ...{ metadata: [], prompt_cache_key: [], prompt_cache_retention: [], safety_identifier: [] },
  ...{ service_tier: ["auto", "default"], store: [false], prediction: [] },
  // How much is said.
  verbosity: ["medium"],
  // Of other servers: how to serve, not what to answer.
  ...{ cache_prompt: [true], id_slot: [-1], keep_alive: [], ttl: [], priority: [0] },
  ...{ timings_per_token: [false], return_tokens: [false], request_id: [], usage: [] },
  ...{ mirostat_tau: [], mirostat_eta: [], xtc_threshold: [], dynatemp_exponent: [] },
};

/** Of a request, at the values where they are off. */
export const NEUTRAL: Silent = {
  modalities: [["text"]],
  function_call: ["auto", "none"],
  ...{ typical_p: [1], tfs_z: [1], mirostat: [0], mirostat_mode: [0], xtc_probability: [0] },
  ...{ dynatemp_range: [0], top_n_sigma: [-1, 0], n_probs: [0], n_keep: [0], ignore_eos: [false] },
  ...{ best_of: [1], use_beam_search: [false], length_penalty: [1], early_stopping: [false] },
  ...{ min_tokens: [0], include_stop_str_in_output: [false], skip_special_tokens: [true] },
  ...{ spaces_between_special_tokens: [true], echo: [false], top_a: [0] },
};

/** Of a message, whoever it is of. */
export const MESSAGE_HINTS: Silent = {
  ...{ name: [], id: [], cache_control: [], annotations: [], audio: [], parsed: [], status: [] },
  ...{ reasoning: [], reasoning_content: [], reasoning_details: [], thinking_blocks: [] },
  ...{ provider_specific_fields: [], artifact: [], images: [] },
};

/** Of a part of a message, a tool, or a call. */
export const PART_HINTS: Silent = {
  ...{ cache_control: [], annotations: [], citations: [], id: [] },
  // OpenAI's Agents SDK repeats there what else its message had.
  ...{ role: [], tool_calls: [], reasoning: [], reasoning_content: [] },
};
export const TOOL_HINTS: Silent = { cache_control: [], defer_loading: [false], strict: [false] };
export const CALL_HINTS: Silent = {
  ...{ index: [], parsed_arguments: [], provider_specific_fields: [], extra_content: [] },
  ...{ cache_control: [], caller: [], strict: [] },
};

/** Of a request for vectors. */
export const EMBEDDING_HINTS: Silent = { user: [], metadata: [], input_type: [], priority: [0] };

/** With the names of what the answer did not depend on, as a header. */
export function hinted(
  answer: Response | object,
  body: object,
  messages: readonly object[] = [],
  also: readonly string[] = [],
): Response {
  const beside = messages.flatMap((message) =>
    hintsIn(MESSAGE_HINTS, message).map((name) => `messages[].${name}`),
  );
  return ignoring(answer, [...hintsIn(HINTS, body), ...also, ...beside]);
}
