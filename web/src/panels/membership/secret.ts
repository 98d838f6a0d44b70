/**
 * The reader's secret: 32 random bytes, made here and kept here, from which each question's own is made.
 * Whoever has it can prove; whoever has lost it cannot, and nobody can help.
 */
import type { Unprovable } from "../../../../src/features/provenance/membership/make.ts";
import { failure } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { browser } from "../../ui/storage.ts";
import { key } from "./key.ts";
import { t } from "./words.ts";

export interface Secret {
  /** 64 hexadecimal digits. */
  readonly master: string;
  /** So many questions have one of it. */
  readonly count: number;
}

/** Questions that may have been asked since a copy was saved: none of theirs is used a second time. */
const SINCE_COPY = 1_000;

export const isOn = (): boolean => desk.fact("provenance", "membership") === true;

export function secret(): Secret | null {
  const text = browser.recall(key());
  try {
    return text === null ? null : read(JSON.parse(text));
  } catch {
    return null; // somebody else's
  }
}

/** @throws failure where the browser keeps nothing */
export function makeSecret(): void {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  keep({
    master: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    count: 0,
  });
}

export const forgetSecret = (): void => browser.remember(key(), null);

/** The number for the next question: each is used for one. */
export function next(): Secret | null {
  const own = secret();
  if (own) keep({ ...own, count: own.count + 1 });
  return own;
}

/** A copy to be saved as a file. */
export const copyOf = ({ master, count }: Secret): string =>
  `${JSON.stringify({ format: "charla.secret", version: 1, origin: location.origin, master, count }, null, 2)}\n`;

/** @throws failure for what is no copy of a secret */
export function takeCopy(text: string): void {
  let copy: Secret | null = null;
  try {
    copy = read(JSON.parse(text));
  } catch {
    // Said below.
  }
  if (!copy) throw wrong("secret_copy", t("secret.badCopy"), t("secret.badCopy.hint"));
  keep({ ...copy, count: copy.count + SINCE_COPY });
}

function read(value: Partial<Secret> | null): Secret | null {
  const { master, count } = value ?? {};
  if (typeof master !== "string" || !/^[0-9a-f]{64}$/.test(master)) return null;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return null;
  return { master, count };
}

function keep(own: Secret): void {
  browser.remember(key(), JSON.stringify(own));
  if (secret()?.count !== own.count)
    throw wrong("secret_not_kept", t("secret.notKept"), t("secret.notKept.hint"));
}

/** What is wrong on this side, in the form in which the server says it. */
const wrong = (code: string, message: string, hint: string) =>
  failure({ code, message, hint, retryable: false, params: {} });

export const unprovable = (reason: Unprovable["reason"]) =>
  wrong(`membership_${reason}`, t(`prove.no.${reason}`), t(`prove.no.${reason}.hint`));
