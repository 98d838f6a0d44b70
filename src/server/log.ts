/**
 * What goes to standard error while the server runs: lines for people, or, with `CHARLA_LOG=json`,
 * one JSON object a line for programs. Neither is given what a user or a model wrote. The messages
 * of errors that other code throws may quote it: the JSON log leaves all of them out, the lines for
 * people only those of parsers (SyntaxError), since what the system says is needed to find a fault.
 */
import { inspect } from "node:util";
import { CharlaError } from "../core/errors.ts";
import { currentRequest } from "./current.ts";

export type Log = (line: string, error?: unknown) => void;

export const textLog: Log = (line, error) => {
  console.error(
    `${new Date().toISOString()} ${line}`,
    ...(error === undefined ? [] : [readable(error)]),
  );
};

/** As the console prints an error, its fields and causes included, without what parsers quote. */
function readable(thrown: unknown): string {
  return inspect(unquoted(thrown));
}

function unquoted(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  if (thrown instanceof CharlaError && thrown.params.words) return unquoted(withoutWords(thrown));
  if (thrown instanceof SyntaxError) {
    const silent = new SyntaxError("(its message may quote what it read)");
    silent.stack = [`${silent}`, ...framesOf(thrown)].join("\n");
    return silent;
  }
  if (thrown.cause === undefined) return thrown;
  const cause = unquoted(thrown.cause);
  const copy = Object.assign(new Error(thrown.message, { cause }), thrown, { cause });
  copy.stack = thrown.stack ?? "";
  return Object.setPrototypeOf(copy, Object.getPrototypeOf(thrown));
}

/** The same error without what somebody else says in it. */
function withoutWords(error: CharlaError): CharlaError {
  const { code, hint, status, params, cause } = error;
  const words = String(params.words ?? "");
  if (words === "") return error;
  const message = error.message.replaceAll(words, "");
  const silent = new CharlaError(code, {
    ...{ status, message, cause },
    hint: hint.replaceAll(words, ""),
    params: { ...params, words: "" },
  });
  silent.stack = [`${silent}`, ...framesOf(error)].join("\n");
  return silent;
}

const framesOf = ({ stack = "" }: Error) =>
  stack.split("\n").filter((line) => /^\s+at /.test(line));

export const jsonLog: Log = (line, error) => {
  const fault = error === undefined ? {} : { error: describe(error) };
  const request = currentRequest()?.id;
  writeRecord({
    event: "log",
    level: error === undefined ? "info" : "error",
    line,
    request,
    ...fault,
  });
};

/** Writes what is told of requests and turns, where programs read the log. */
export const noteOf = (log: "text" | "json") => (log === "json" ? writeRecord : undefined);

/** One line of JSON, with the time in front. */
function writeRecord(record: object): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`);
}

/** Of what other code throws, the message may quote its input; where it happened never does. */
function describe(thrown: unknown): object {
  const { code, message, cause } = withoutWords(CharlaError.from(thrown));
  const origin = [cause, thrown].find((one) => one instanceof Error);
  const frames = origin ? framesOf(origin) : [];
  const reason = cause instanceof Error ? { reason: cause.name } : {};
  return { code, message, ...reason, stack: frames.map((line) => line.trim()) };
}
