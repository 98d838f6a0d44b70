import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import * as z from "zod";
import { readPolicy } from "../../../src/app/policy.ts";

const home = mkdtempSync(join(tmpdir(), "charla-policy-"));
afterEach(() => rmSync(join(home, "policy.toml"), { force: true }));

const sections = {
  guard: z.strictObject({ action: z.enum(["log", "warn"]).default("log") }),
  limits: z.strictObject({ requestsPerMinute: z.int().min(1).default(60) }),
};
const read = (source: string) => {
  writeFileSync(join(home, "policy.toml"), source);
  return readPolicy(undefined, home, sections);
};

it("has defaults for what the file does not say, or where there is no file", () => {
  const defaults = { guard: { action: "log" }, limits: { requestsPerMinute: 60 } };
  expect(readPolicy(undefined, home, sections)).toEqual(defaults);
  expect(read("")).toEqual(defaults);
  expect(read('[guard]\naction = "warn"')).toMatchObject({ guard: { action: "warn" } });
});

it("names what is wrong, and takes no word that nobody knows", () => {
  const invalid = (source: string) => {
    try {
      read(source);
    } catch (thrown) {
      return String((thrown as Error).message);
    }
    throw new Error("it was taken");
  };
  expect(invalid('[guard]\naction = "shout"')).toContain("guard.action");
  expect(invalid("[guard]\nacton = 1")).toContain("guard.acton");
  expect(invalid("[gard]\n")).toContain("gard");
  expect(invalid("[guard")).toContain("TOML");
});

it("needs the file where one was named", () => {
  expect(() => readPolicy(join(home, "other.toml"), home, sections)).toThrow(/cannot be read/);
});
