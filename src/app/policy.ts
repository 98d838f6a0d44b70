/**
 * The organisation's policy: one readable file, `policy.toml` in the data folder or where
 * `CHARLA_POLICY` says. Each feature brings the schema of its own section; a section that is absent
 * has its defaults, and a word that nobody knows is an error and not a silent hole.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, TomlError } from "smol-toml";
import * as z from "zod";
import { CharlaError } from "../core/errors.ts";

/**
 * @param path where the file has to be; when absent, `policy.toml` in `home`, which may be missing
 * @param sections schema of each section, with a default for every value
 * @throws CharlaError `policy_missing`, `policy_invalid`
 */
export function readPolicy<Sections extends z.ZodRawShape>(
  path: string | undefined,
  home: string,
  sections: Sections,
): z.output<z.ZodObject<Sections>> {
  const file = path ?? join(home, "policy.toml");
  const schema = z.strictObject(sections);
  const given = readToml(file, path === undefined);
  const empty = Object.fromEntries(Object.keys(sections).map((name) => [name, {}]));
  const result = schema.safeParse({ ...empty, ...given });
  if (result.success) return result.data as z.output<z.ZodObject<Sections>>;
  const [issue] = result.error.issues;
  const field = [...(issue?.path ?? [])];
  if (issue?.code === "unrecognized_keys") field.push(issue.keys[0] ?? "");
  throw invalid(file, `${field.join(".")}: ${issue?.message ?? "unknown"}`);
}

/** Each address in a policy, with the name of its setting: "accounts.oidc.issuer". */
export function addressesIn(policy: unknown, path = ""): { name: string; address: string }[] {
  if (typeof policy === "string" && /^https?:/.test(policy)) {
    return [{ name: path, address: policy }];
  }
  const inner = typeof policy === "object" && policy !== null ? Object.entries(policy) : [];
  return inner.flatMap(([name, one]) => addressesIn(one, path === "" ? name : `${path}.${name}`));
}

function readToml(file: string, optional: boolean): object {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    if (thrown instanceof TomlError) throw invalid(file, thrown.message, thrown);
    // Below what is no folder there is no file, either; whoever makes the folder will say so.
    const { code } = thrown as NodeJS.ErrnoException;
    if (optional && (code === "ENOENT" || code === "ENOTDIR")) return {};
    throw new CharlaError("policy_missing", {
      message: "The policy {file} cannot be read.",
      hint: "Check that the file is there and that this user may read it, or unset CHARLA_POLICY.",
      params: { file },
      cause: thrown,
    });
  }
}

function invalid(file: string, reason: string, cause?: unknown): CharlaError {
  return new CharlaError("policy_invalid", {
    message: "The policy {file} is not valid: {reason}",
    hint: "Correct that line; docs/policy.md lists every section with its values.",
    params: { file, reason },
    cause,
  });
}
