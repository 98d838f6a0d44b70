/**
 * `npm run release`: packs what users get into `release/`, with the list of what is in it (CycloneDX), where it
 * comes from (in-toto, SLSA), its notes, and the digests of all. It refuses what is no release; `-- --draft`
 * tells why, and packs all the same. `-- --key FILE`, a private key of Ed25519 or P-256, signs where it comes from.
 */
import { execFileSync } from "node:child_process";
import { type KeyObject, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { upkeep } from "../src/app/upkeep.ts";
import { readConfig } from "../src/config.ts";
import { unpack, versions } from "../tests/fixtures/kept.ts";
import { sbomOf } from "./sbom.ts";
import { sha256, signed, signerIn } from "./signed.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

export interface Tree {
  /** Of `package.json`. */
  readonly version: string;
  readonly changelog: string;
  readonly chart: string;
  /** What git says of files that are not committed. */
  readonly status: string;
  readonly tags: readonly string[];
  /** Changes of tables that the data folder which is kept of it has not had; undefined where none is kept. */
  readonly lacking: readonly string[] | undefined;
}

/** What of a tree is not as a release has it. */
export function problemsOf(tree: Tree): readonly string[] {
  const { version, changelog, chart, status, tags, lacking } = tree;
  const heading = changelog.match(/^## .*$/m)?.[0] ?? "";
  const dated = new RegExp(`^## ${version.replaceAll(".", "\\.")} - \\d{4}-\\d\\d-\\d\\d$`);
  const lines = [`\nversion: ${version}\n`, `\nappVersion: ${version}\n`];
  return [
    ...(dated.test(heading)
      ? []
      : [`CHANGELOG.md begins with "${heading}", not with ${version} and a day`]),
    ...(lines.every((line) => chart.includes(line)) ? [] : [`the Helm chart is not ${version}`]),
    ...(status === "" ? [] : ["not everything is committed"]),
    ...(tags.includes(`v${version}`) ? [`there is a v${version} already`] : []),
    ...(lacking?.length === 0
      ? []
      : [
          `no data folder with ${lacking?.join(", ") || "its tables"} is kept: node scripts/keep.ts`,
        ]),
  ];
}

/** The section of the changelog that is about the newest version. */
export function notesOf(changelog: string): string {
  const [, section = ""] = changelog.split(/^(?=## )/m);
  return section.trimEnd();
}

export interface Built {
  /** Digests by the names of files. */
  readonly files: Readonly<Record<string, string>>;
  readonly version: string;
  readonly commit: string;
  /** Of the lock file. */
  readonly lock: string;
  readonly at: Date;
}

/** Says where the files come from. Source: in-toto, "Statement v1"; SLSA, "Provenance v1". */
export const provenanceOf = ({ files, version, commit, lock, at }: Built) => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: Object.entries(files).map(([name, digest]) => ({ name, digest: { sha256: digest } })),
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "urn:charla:npm-run-release",
      externalParameters: { version },
      resolvedDependencies: [
        { name: "repository", digest: { gitCommit: commit } },
        { name: "package-lock.json", digest: { sha256: lock } },
      ],
    },
    runDetails: {
      builder: { id: "urn:charla:scripts/release.ts", version: { node: process.version } },
      metadata: { startedOn: at.toISOString() },
    },
  },
});

/** The file that says it: signed where there is a key (in-toto, "Bundle"), and else for whoever reads it. */
export function said(built: Built, key: KeyObject | undefined) {
  const statement = provenanceOf(built);
  const name = `charla-${built.version}.intoto.json`;
  if (!key) return { file: name, text: `${JSON.stringify(statement, null, 2)}\n` };
  const envelope = signed(JSON.stringify(statement), key);
  return { file: `${name}l`, text: `${JSON.stringify(envelope)}\n` };
}

const git = (...args: readonly string[]) =>
  execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();

/** Of the data folder that is kept of a version. */
async function lackingOf(version: string): Promise<readonly string[] | undefined> {
  if (!versions().includes(version)) return undefined;
  const home = mkdtempSync(join(tmpdir(), "charla-release-"));
  try {
    unpack(version, home);
    return await upkeep.pending(readConfig({ home }, {}));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function release(draft: boolean, key: KeyObject | undefined): Promise<number> {
  const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
  const { version } = JSON.parse(read("package.json"));
  const changelog = read("CHANGELOG.md");
  const problems = problemsOf({
    ...{ version, changelog, chart: read("deploy/helm/charla/Chart.yaml") },
    ...{ status: git("status", "--porcelain"), tags: git("tag", "--list").split("\n") },
    lacking: await lackingOf(version),
  });
  for (const problem of problems) console.error(`${draft ? "draft" : "no release"}: ${problem}`);
  if (problems.length > 0 && !draft) return 1;

  const at = new Date();
  const folder = join(ROOT, "release");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // npm is a `.cmd` on Windows, which only a shell can start.
  const options = { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" } as const;
  execFileSync("npm", ["pack", "--pack-destination", "release"], options);
  const name = `charla-${version}`;
  const lock = read("package-lock.json");
  const sbom = sbomOf(JSON.parse(lock), { version, at, serial: `urn:uuid:${randomUUID()}` });
  const put = (file: string, content: string) => writeFileSync(join(folder, file), content);
  put(`${name}.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
  put(`${name}.md`, `${notesOf(changelog)}\n`);
  const digest = (file: string) => sha256(readFileSync(join(folder, file)));
  const files = Object.fromEntries(
    [`${name}.tgz`, `${name}.cdx.json`].map((file) => [file, digest(file)]),
  );
  const built = { files, version, commit: git("rev-parse", "HEAD"), lock: sha256(lock), at };
  const { file: provenance, text } = said(built, key);
  put(provenance, text);
  const all = [...Object.keys(files), provenance, `${name}.md`];
  put("SHA256SUMS", all.map((file) => `${digest(file)}  ${file}\n`).join(""));
  for (const file of [...all, "SHA256SUMS"]) console.log(join("release", file));
  if (!key) console.log(`${provenance} is not signed: -- --key FILE signs it`);
  if (!draft)
    console.log(
      `then: git tag --sign v${version} && git push --tags && npm publish release/${name}.tgz`,
    );
  return 0;
}

if (import.meta.main) {
  const options = { draft: { type: "boolean", default: false }, key: { type: "string" } } as const;
  const { draft, key } = parseArgs({ options }).values;
  // Looked at first: what cannot be signed is not packed.
  const signer = key === undefined ? undefined : signerIn(key);
  if (typeof signer === "string") console.error(`no release: ${signer}`);
  process.exitCode = typeof signer === "string" ? 1 : await release(draft, signer);
}
