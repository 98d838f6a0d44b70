/**
 * `npm run licences`: reads the licence of every package in the lock file, fails on one that is not
 * on the list below, and checks that THIRD_PARTY.md names them all; `-- --write` writes it.
 */
import { readFileSync, writeFileSync } from "node:fs";

/** Each lets us pass the package on, changed or not, under the terms of Apache-2.0 for our part. */
const ALLOWED = new Set([
  ...["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"],
  ...["MIT", "Python-2.0", "Unlicense", "Zlib"],
  // Asks for the source of its own files, which we leave as they are.
  "MPL-2.0",
  // For fonts: free to pass on with whatever is set in them, as long as nobody sells them alone.
  "OFL-1.1",
]);
/** Named in a form that the lock file does not take over. */
const KNOWN: Readonly<Record<string, string>> = {
  "memorystream@0.3.1": "MIT",
  // "SEE LICENSE IN LICENSE", which its repository has: new parts Apache-2.0, older ones MIT.
  "@modelcontextprotocol/server-everything@2026.8.31": "Apache-2.0",
};
const FILE = new URL("../THIRD_PARTY.md", import.meta.url);
const LOCK = new URL("../package-lock.json", import.meta.url);

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface Found {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly dev: boolean;
}

/** Every package of the lock file once, by name. */
export function packagesOf({ packages }: Lock): readonly Found[] {
  const found = new Map<string, Found>();
  for (const [path, one] of Object.entries(packages)) {
    // Our own folders, and links to them.
    if (!path.includes("node_modules/") || one.link) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const { version = "", dev = false } = one;
    const key = `${name}@${version}`;
    const also = found.get(key);
    const licence = KNOWN[key] ?? one.license ?? parentLicence(packages, name) ?? "unknown";
    found.set(key, { name, version, licence, dev: dev && (also?.dev ?? true) });
  }
  return [...found.values()].toSorted((a, b) =>
    `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
  );
}

/** A build for another system is not looked at when the lock file is written; it is its parent's. */
function parentLicence(packages: Lock["packages"], name: string): string | undefined {
  const parents = Object.values(packages).filter((one) => one.optionalDependencies?.[name]);
  return parents.find(({ license }) => license)?.license;
}

/** By SPDX's expressions: one of those that `OR` offers is enough, of `AND` each is needed. */
export function isAllowed(expression: string): boolean {
  const bare = expression.replace(/[()]/g, "");
  return bare
    .split(/\s+or\s+/i)
    .some((choice) => choice.split(/\s+and\s+/i).every((name) => ALLOWED.has(name.trim())));
}

export function toMarkdown(found: readonly Found[]): string {
  const licences = [...new Set(found.map(({ licence }) => licence))].toSorted();
  const sections = licences.map((licence) => {
    const names = found
      .filter((one) => one.licence === licence)
      .map(({ name, version, dev }) => `- ${name} ${version}${dev ? " (development)" : ""}`);
    return [`## ${licence}`, "", ...names, ""].join("\n");
  });
  return `# Packages of others

Written by \`npm run licences -- --write\` from the lock file. Each package brings its licence's text
with it. Those for development build or test Charla; the page's (React, KaTeX, Shiki and what they
need) are among them, since the page is built from them and contains parts of them.

${sections.join("\n")}`
    .trimEnd()
    .concat("\n");
}

function main(): number {
  const found = packagesOf(JSON.parse(readFileSync(LOCK, "utf8")));
  const refused = found.filter(({ licence }) => !isAllowed(licence));
  for (const { name, version, licence } of refused) {
    console.error(`${name} ${version} has the licence '${licence}', which is not on the list.`);
  }
  const text = toMarkdown(found);
  if (process.argv.includes("--write")) writeFileSync(FILE, text);
  const written = readFileSync(FILE, "utf8") === text;
  if (!written) console.error("THIRD_PARTY.md is not up to date: npm run licences -- --write");
  console.log(`${found.length} packages, ${refused.length} with a licence that is not on the list`);
  return refused.length > 0 || !written ? 1 : 0;
}

if (import.meta.main) process.exitCode = main();
