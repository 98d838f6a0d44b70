/** Finds the receipts in what somebody gives: a receipt, an export (JSON, Markdown), or a text. */
import { CharlaError } from "../../../core/errors.ts";
import { type Json, parseStrict } from "../../../core/tlog/canonical.ts";
import type { Problem, Report } from "./report.ts";

/** Bytes; an export of thousands of chats has a tenth of it. */
export const MAX_BYTES = 64 * 1024 * 1024;

export interface Found {
  readonly receipt: Json;
  /** The text that stands beside the receipt, where it is not within. */
  readonly beside?: string | undefined;
  /** A document in which the text has to be. */
  readonly document?: string;
}

export interface Given {
  readonly kind: Report["kind"];
  readonly found: readonly Found[];
  readonly unproved: number;
}

/** Why a file cannot be looked at. */
export class Unreadable extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, reason = "") {
    super(reason);
    this.problem = problem;
  }
}

/** @throws Unreadable */
export function decode(given: string | Uint8Array): string {
  if (given.length > MAX_BYTES) throw new Unreadable("size");
  if (typeof given === "string") return given.replace(/^\uFEFF/, "");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(given);
  } catch {
    throw new Unreadable("encoding");
  }
}

/** As `remark` in `core/receipts.ts` writes it. */
const REMARK = /<!-- charla\.receipts\r?\n([^\r\n]*)\r?\n-->/g;

/** @throws Unreadable */
export function find(source: string): Given {
  if (source.trim() === "") throw new Unreadable("empty");
  if (/^\s*[{[]/.test(source)) return fromJson(read(source));
  if (source.includes("<!-- charla.receipts")) return fromMarkdown(source);
  return { kind: "text", found: [], unproved: 0 };
}

function read(source: string): Json {
  try {
    return parseStrict(source);
  } catch (thrown) {
    if (!(thrown instanceof CharlaError)) throw thrown;
    throw new Unreadable("json", thrown.message);
  }
}

function fromJson(value: Json): Given {
  if (isRecord(value) && value.format === "charla.receipt") {
    return { kind: "receipt", found: [{ receipt: value }], unproved: 0 };
  }
  if (isRecord(value) && value.format === "charla.membership") {
    return { kind: "membership", found: [{ receipt: value }], unproved: 0 };
  }
  const isExport = isRecord(value) && value.format === "charla.conversations";
  if (!isExport || !Array.isArray(value.conversations)) throw new Unreadable("foreign");
  const found: Found[] = [];
  let unproved = 0;
  for (const one of value.conversations as readonly Json[]) {
    if (!isRecord(one)) throw new Unreadable("foreign");
    const texts = new Map<Json | undefined, string>();
    const answers = new Set<Json | undefined>();
    for (const message of list(one.messages)) {
      if (!isRecord(message)) throw new Unreadable("foreign");
      if (typeof message.content === "string") texts.set(message.id, message.content);
      if (message.role === "assistant") answers.add(message.id);
    }
    for (const receipt of list(one.receipts)) {
      const message = isRecord(receipt) ? receipt.message : undefined;
      answers.delete(message);
      found.push({ receipt, beside: texts.get(message) });
    }
    unproved += answers.size;
  }
  return { kind: "export", found, unproved };
}

/** Of a document that has more than one remark, each counts, and so does what stands around them. */
function fromMarkdown(source: string): Given {
  const document = source.replace(REMARK, "");
  if (document.includes("<!-- charla.receipts")) {
    throw new Unreadable("json", "the receipts at the end are cut off");
  }
  const lists = [...source.matchAll(REMARK)].map(([, json = ""]) => read(json));
  const found = lists.flatMap((one) => list(one)).map((receipt) => ({ receipt, document }));
  if (found.length === 0) throw new Unreadable("json", "there is no list of receipts");
  return { kind: "markdown", found, unproved: 0 };
}

export const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];
