/** Scripts of Python's whose checks are tests here: each prints a line of JSON, as `checks.py` does it. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { ROOT } from "../fixtures/charla.ts";

const at = (name: string) => join(ROOT, "tests/with-python", name);

export const checksIn = (script: string): readonly string[] =>
  [...readFileSync(at(script), "utf8").matchAll(/@check\ndef (\w+)/g)].map(([, name = ""]) => name);

export interface Said {
  /** That the check was made, and found nothing. */
  expect(name: string): void;
}

/** @param list of packages, beside the script; the clients' if absent */
export async function checked(
  script: string,
  words: readonly string[],
  list?: string,
): Promise<Said> {
  const { installClients } = await import(join(ROOT, "scripts/python.mjs"));
  const python = await installClients(...(list ? [pathToFileURL(at(list))] : []));
  const child = spawn(python, [at(script), ...words]);
  const failures = new Map<string, string | null>();
  let rest = "";
  child.stderr.on("data", (chunk) => {
    rest += chunk;
  });
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith("{")) continue;
    const { name, failure } = JSON.parse(line);
    failures.set(name, failure);
  }
  return {
    expect(name) {
      expect(failures.has(name), rest).toBe(true);
      expect(failures.get(name)).toBeNull();
    },
  };
}
