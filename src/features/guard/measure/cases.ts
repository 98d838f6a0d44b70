/**
 * The cases, written by hand in `eval/guard/cases/*.txt`, and their two parts: two thirds to develop on, and a
 * third, chosen by a hash of the case, that is looked at when all is done.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { written } from "./writing.ts";

export interface Case {
  readonly id: string;
  /** The name of its file: what kind of attack, or "benign". */
  readonly family: string;
  readonly language: "en" | "es";
  /** Who writes: the person who chats, or somebody whose text they have read. */
  readonly from: "user" | "outside";
  /** Of text: chat, email, table, code, web, tool; for benign ones a topic. */
  readonly kind: string;
  /** What a model would do that obeys; "none" for the benign. */
  readonly wants: "prompt" | "secret" | "tool" | "link" | "text" | "none";
  readonly text: string;
  readonly heldOut: boolean;
}

/** Plain files, which go along in the package as they are. */
const FOLDER = fileURLToPath(new URL("../../../../eval/guard/cases/", import.meta.url));
const HEAD = /^=== (en|es) (user|outside) (\w+) (prompt|secret|tool|link|text|none)$/;

export function readCases(): readonly Case[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".txt"))
    .toSorted()
    .flatMap((file) => parse(file.slice(0, -4), readFileSync(FOLDER + file, "utf8")));
}

export const isAttack = ({ wants }: Case): boolean => wants !== "none";

function parse(family: string, source: string): Case[] {
  const cases: Case[] = [];
  let head: string[] | null = null;
  let lines: string[] = [];
  const end = () => {
    if (head) cases.push(toCase(family, head, lines.join("\n").trim()));
    lines = [];
  };
  for (const line of source.split("\n")) {
    if (!line.startsWith("=== ")) {
      lines.push(line);
      continue;
    }
    end();
    head = HEAD.exec(line);
    if (!head) throw new Error(`${family}: ${line}`);
  }
  end();
  return cases;
}

function toCase(family: string, head: readonly string[], source: string): Case {
  const [, language, from, kind, wants] = head;
  const digest = createHash("sha256").update(`${family}\n${source}`).digest();
  const about = { family, language, from, kind, wants } as Omit<Case, "id" | "text" | "heldOut">;
  const heldOut = digest.readUInt16BE(0) % 3 === 0;
  return { ...about, id: digest.toString("hex").slice(0, 12), text: written(source), heldOut };
}
