/**
 * The rules: words of certain classes near each other, and forms of writing that texts of people
 * seldom have. Each has a weight for what the person who chats writes, who may give orders, and one
 * for texts from outside, which may not.
 */
import type { Class } from "./lexicon.ts";
import type { Word } from "./words.ts";

export interface Rule {
  readonly name: string;
  /** Part of the score, 0 to 1: in words of the user, and in a text from outside. */
  readonly weights: readonly [direct: number, outside: number];
  /** Words of these classes in this order, each within `gap` words of the one before. */
  readonly sequence?: readonly (Class | `<${string}>`)[];
  readonly gap?: number;
  /** Said of what must not be done, it is the opposite of an attack. */
  readonly unlessDenied?: boolean;
  /** Or this in the text as it is written; linear. */
  readonly form?: RegExp;
}

export const RULES: readonly Rule[] = [
  { name: "override", weights: [0.75, 0.9], sequence: ["ignore", "prior", "orders"], gap: 4 },
  { name: "override", weights: [0.4, 0.7], sequence: ["ignore", "orders", "prior"], gap: 3 },
  {
    name: "override",
    weights: [0.55, 0.7],
    sequence: ["dont", "follow", "prior", "orders"],
    gap: 3,
  },
  { name: "override", weights: [0.45, 0.5], sequence: ["ignore", "orders"], gap: 2 },
  { name: "override", weights: [0.55, 0.6], sequence: ["prior", "orders", "void"], gap: 5 },
  { name: "override", weights: [0.4, 0.4], sequence: ["orders", "void"], gap: 4 },
  { name: "override", weights: [0.5, 0.5], sequence: ["ignore", "told", "prior"], gap: 4 },
  { name: "override", weights: [0.3, 0.4], sequence: ["dont", "heed"], gap: 3 },
  { name: "override", weights: [0.5, 0.6], sequence: ["outrank", "prompt"], gap: 6 },
  { name: "new-orders", weights: [0.3, 0.45], sequence: ["fresh", "orders"], gap: 1 },
  { name: "new-orders", weights: [0.3, 0.4], sequence: ["orders", "fresh"], gap: 1 },
  {
    name: "reveal",
    weights: [0.6, 0.8],
    sequence: ["reveal", "hidden", "prompt"],
    gap: 4,
    unlessDenied: true,
  },
  {
    name: "reveal",
    weights: [0.45, 0.7],
    sequence: ["reveal", "prompt", "hidden"],
    gap: 4,
    unlessDenied: true,
  },
  {
    name: "reveal",
    weights: [0.55, 0.8],
    sequence: ["reveal", "hidden", "secret"],
    gap: 5,
    unlessDenied: true,
  },
  { name: "reveal", weights: [0.55, 0.7], sequence: ["secret", "hidden", "prompt"], gap: 5 },
  {
    name: "reveal",
    weights: [0.4, 0.6],
    sequence: ["reveal", "secret"],
    gap: 3,
    unlessDenied: true,
  },
  { name: "reveal", weights: [0.4, 0.5], sequence: ["you", "told", "prior"], gap: 4 },
  { name: "persona", weights: [0.5, 0.6], sequence: ["act", "without", "free"], gap: 8 },
  { name: "persona", weights: [0.5, 0.6], sequence: ["you", "without", "free"], gap: 6 },
  { name: "persona", weights: [0.5, 0.6], sequence: ["now", "persona"], gap: 8 },
  { name: "persona", weights: [0.5, 0.6], sequence: ["you", "persona"], gap: 5 },
  { name: "persona", weights: [0.5, 0.6], sequence: ["act", "persona"], gap: 6 },
  { name: "unbound", weights: [0.35, 0.4], sequence: ["without", "free"], gap: 3 },
  { name: "unbound", weights: [0.35, 0.4], sequence: ["free", "without"], gap: 3 },
  { name: "persona", weights: [0.3, 0.5], sequence: ["you", "now"], gap: 2 },
  { name: "persona", weights: [0.3, 0.5], sequence: ["now", "you"], gap: 2 },
  { name: "authority", weights: [0.45, 0.5], sequence: ["admin", "mode"], gap: 3 },
  { name: "authority", weights: [0.45, 0.5], sequence: ["mode", "admin"], gap: 4 },
  { name: "authority", weights: [0.3, 0.5], sequence: ["mode", "now"], gap: 5 },
  { name: "send-out", weights: [0.3, 0.75], sequence: ["send", "all", "<url>"], gap: 12 },
  { name: "send-out", weights: [0.2, 0.75], sequence: ["send", "all", "<email>"], gap: 12 },
  { name: "send-out", weights: [0.1, 0.45], sequence: ["send", "<url>"], gap: 8 },
  { name: "send-out", weights: [0.1, 0.45], sequence: ["send", "<email>"], gap: 8 },
  { name: "secrecy", weights: [0.35, 0.7], sequence: ["dont", "mention", "user"], gap: 4 },
  { name: "secrecy", weights: [0, 0.3], sequence: ["dont", "mention"], gap: 2 },
  { name: "secrecy", weights: [0, 0.3], sequence: ["silent"] },
  { name: "secrecy", weights: [0.3, 0.6], sequence: ["silent", "send"], gap: 5 },
  { name: "secrecy", weights: [0.3, 0.6], sequence: ["send", "silent"], gap: 8 },
  { name: "addressed", weights: [0, 0.55], sequence: ["ai", "must"], gap: 5 },
  { name: "addressed", weights: [0, 0.55], sequence: ["must", "ai"], gap: 4 },
  { name: "addressed", weights: [0, 0.3], sequence: ["ai", "follow"], gap: 6 },
  {
    name: "addressed",
    weights: [0, 0.5],
    form: /(?:^|[\s"'([<>«*#/.-])(?:assistants?|ai|ais|bots?|agents?|llms?|language models?|ai models?|chatbots?|copilot|asistentes?|ia|ias|agentes?|modelos?(?: de (?:lenguaje|ia))?|planificador)(?: [\p{L}]{1,14}){0,5}[:,)]/imu,
  },
  { name: "dictated", weights: [0.05, 0.5], sequence: ["say", "only"], gap: 3 },
  { name: "dictated", weights: [0.05, 0.5], sequence: ["only", "say"], gap: 2 },
  { name: "dictated", weights: [0, 0.35], sequence: ["must", "say"], gap: 3 },
  { name: "dictated", weights: [0, 0.4], sequence: ["mention", "user"], gap: 2 },
  { name: "tool-order", weights: [0.05, 0.45], sequence: ["invoke", "tool"], gap: 4 },
  { name: "tool-order", weights: [0.05, 0.4], sequence: ["invoke", "send"], gap: 1 },
  { name: "tool-order", weights: [0, 0.5], sequence: ["tool", "send"], gap: 6 },
  { name: "encoded-order", weights: [0.5, 0.6], sequence: ["decode", "follow"], gap: 8 },
  { name: "split", weights: [0.45, 0.5], sequence: ["join", "follow"], gap: 12 },
  {
    name: "fake-turn",
    weights: [0.6, 0.7],
    form: /<\|[a-z_]{2,30}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|instructions?|tool_response|tool_result|user_input|untrusted|document|documento|informaci[oó]n|information|important|importante)>|<(?:start|end)_of_turn>/i,
  },
  {
    name: "fake-turn",
    weights: [0.4, 0.6],
    form: /^[#*\->[(\s]{0,6}(?:system|sistema|assistant|asistente|developer|admin)(?: (?:message|prompt|note|override|update|mensaje))?[\])*\s]{0,4}:/im,
  },
  {
    name: "fake-end",
    weights: [0.4, 0.6],
    form: /\b(?:end|fin|final) (?:of|de|del) (?:the |la |los |las )?(?:document|documento|email|correo|user|usuario|input|entrada|context|contexto|data|datos|page|p[aá]gina|tool|conversation|conversaci[oó]n|quer(?:y|ies)|text|texto)\b/i,
  },
  {
    name: "image-out",
    weights: [0.4, 0.75],
    form: /!\[[^\]\n]{0,200}\]\(\s?https?:\/\/[^)\s]{1,300}[?={$<[]|<img[^>]{1,200}src=["']?https?:\/\/[^>\s]{1,300}[?=]/i,
  },
  {
    // An address with a gap that somebody has to fill in.
    name: "gap-in-link",
    weights: [0.4, 0.6],
    form: /https?:\/\/[^\s)>"'{<[]{1,300}[?=&/](?:[{<[]|[A-Z]{2,20}_[A-Z_]{2,40})/,
  },
  {
    name: "hidden-place",
    weights: [0.1, 0.5],
    form: /<!--[^>]{20,2000}-->|display:\s?none|font-size:\s?0|color:\s?(?:#fff(?:fff)?|white)\b|opacity:\s?0\b/i,
  },
];

/** "User: ... Assistant: ..." again and again in one message. */
const SHOT =
  /^[#*\s>]{0,4}(?:user|human|q|question|usuario|humano|pregunta|p)\s?\d{0,3}\s?[:.)]/gim;
const REPLY =
  /^[#*\s>]{0,4}(?:assistant|ai|a|answer|asistente|ia|respuesta|r)\s?\d{0,3}\s?[:.)]/gim;

export const manyShot = (text: string): boolean =>
  (text.match(SHOT)?.length ?? 0) >= 3 && (text.match(REPLY)?.length ?? 0) >= 3;

/** Where a sequence ends, and whether all of it stands in quotes; undefined when it is not there. */
export function findSequence(
  words: readonly Word[],
  { sequence = [], gap = 3, unlessDenied = false }: Rule,
): { quoted: boolean } | undefined {
  const is = (word: Word, wanted: Class | `<${string}>`) =>
    word.text === wanted || word.classes.includes(wanted as Class);
  const [first, ...others] = sequence;
  let found: { quoted: boolean } | undefined;
  for (let start = 0; start < words.length; start++) {
    if (first === undefined || !is(words[start] as Word, first)) continue;
    if (
      unlessDenied &&
      words.slice(Math.max(0, start - 3), start).some((word) => is(word, "dont"))
    ) {
      continue;
    }
    let at = start;
    let quoted = words[start]?.quoted ?? false;
    const whole = others.every((wanted) => {
      for (let next = at + 1; next <= at + 1 + gap && next < words.length; next++) {
        if (!is(words[next] as Word, wanted)) continue;
        at = next;
        quoted &&= words[next]?.quoted ?? false;
        return true;
      }
      return false;
    });
    if (whole && !quoted) return { quoted };
    if (whole) found = { quoted };
  }
  return found;
}
