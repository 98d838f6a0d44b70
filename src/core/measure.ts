/**
 * What a feature can measure of itself: how well it does what it is for, on cases that come with it.
 * It needs no model and no house, so it reads nobody's texts, and the same seed gives the same figures.
 */
import { hash } from "node:crypto";
import type { Share } from "./statistics.ts";
import type { Words } from "./words.ts";

/** What a feature offers on the list; the rest of it is loaded when somebody measures. */
export interface Measure {
  /** For the command line and for programs. */
  readonly name: string;
  readonly title: Words;
  /** One line for who chooses. */
  readonly about: Words;
  load(): Promise<Measuring>;
}

export interface Measuring {
  /** Of the figures that are published. */
  readonly seed: number;
  /** What it is measured on. */
  cases(seed: number): Cases;
  /** Done one after the other; each gives a table, which is kept before the next is begun. */
  readonly parts: readonly ((seed: number, signal: AbortSignal) => Promise<Measured>)[];
  /** How to read the tables. */
  readonly notes: readonly Words[];
}

export interface Cases {
  readonly count: number;
  readonly bytes: number;
  /** SHA-256. */
  readonly digest: string;
  readonly languages: readonly string[];
}

/** What is said of a list of cases; its digest is that of their lines in JSON. */
export function casesOf(list: readonly object[], languages: readonly string[]): Cases {
  const text = list.map((one) => JSON.stringify(one)).join("\n");
  const digest = hash("sha256", text, "hex");
  return { count: list.length, bytes: Buffer.byteLength(text), digest, languages };
}

/** A table of shares. */
export interface Measured {
  readonly title: Words;
  /** What each share of a row is. */
  readonly columns: readonly Words[];
  readonly rows: readonly { readonly label: Words; readonly shares: readonly Share[] }[];
}

/** What is called the same in every language. */
export const inAll = (text: string): Words => ({ en: text, es: text });
