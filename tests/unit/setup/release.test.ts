/** What a release says of itself: whether it is one, what is in it, and where it comes from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { expect, it, test } from "vitest";
import { notesOf, problemsOf, provenanceOf, type Tree } from "../../../scripts/release.ts";
import { sbomOf } from "../../../scripts/sbom.ts";
import { sha256 } from "../../../scripts/signed.ts";
import { ROOT } from "../../fixtures/charla.ts";

const at = new Date("2026-11-29T12:00:00Z");
const release = { version: "1.2.3", at, serial: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" };
const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));

/** Of CycloneDX itself, as its own library brings them, which does not give them out by name. */
const schemaOf = (name: string) =>
  JSON.parse(
    readFileSync(
      join(
        ROOT,
        `node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`,
      ),
      "utf8",
    ),
  );

test("the list of what is in it is right by CycloneDX' own schema", () => {
  const ajv = new Ajv({ strict: false });
  for (const name of ["spdx", "jsf-0.82"]) {
    const $id = `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`;
    ajv.addSchema({ ...schemaOf(name), $id });
  }
  formats.default(ajv, { mode: "fast" });
  for (const name of ["iri-reference", "idn-email"]) ajv.addFormat(name, true);
  const valid = ajv.compile(schemaOf("bom-1.6"));
  expect(valid(sbomOf(lock, release)), JSON.stringify(valid.errors)).toBe(true);
  expect(valid({ ...sbomOf(lock, release), serialNumber: "no uuid" })).toBe(false);
});

test("it names what users get, with digest and licence, and nothing that only builds", () => {
  const { components, dependencies } = sbomOf(lock, release);
  const of = (name: string) => components.find((one) => one.name === name);
  expect(of("react")).toMatchObject({ licenses: [{ license: { id: "MIT" } }] });
  expect(of("@hono/node-server")?.purl).toMatch(/^pkg:npm\/%40hono\/node-server@\d/);
  const { integrity } = lock.packages["node_modules/kysely"];
  const content = Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex");
  expect(of("kysely")?.hashes).toEqual([{ alg: "SHA-512", content }]);
  expect(of("@biomejs/biome")).toBeUndefined();
  expect(dependencies[0]?.dependsOn).toHaveLength(components.length);
});

const tree: Tree = {
  ...{ version: "1.2.3", status: "", tags: ["v1.2.2"], lacking: [] },
  changelog:
    "# Changelog\n\n## 1.2.3 - 2026-11-29\n\n- Something.\n\n## 1.2.2 - 2026-10-01\n\n- Old.\n",
  chart: "name: charla\nversion: 1.2.3\nappVersion: 1.2.3\n",
};

it.each<[string, Partial<Tree>]>([
  ["a changelog without a day", { changelog: "## 1.2.3 - unreleased\n" }],
  ["a changelog of another version", { changelog: "## 1.2.2 - 2026-10-01\n" }],
  ["a chart of another version", { chart: "version: 1.2.2\nappVersion: 1.2.2\n" }],
  ["files that are not committed", { status: " M README.md" }],
  ["a version that there is", { tags: ["v1.2.3"] }],
  ["no data folder of it", { lacking: undefined }],
  ["a data folder from before a change", { lacking: ["notes/002"] }],
])("is no release with %s", (_name, other) => {
  expect(problemsOf(tree)).toEqual([]);
  expect(problemsOf({ ...tree, ...other })).toHaveLength(1);
});

test("its notes are the newest section of the changelog", () => {
  expect(notesOf(tree.changelog)).toBe("## 1.2.3 - 2026-11-29\n\n- Something.");
});

test("its provenance names each file by its digest", () => {
  const files = { "charla-1.2.3.tgz": sha256("bytes") };
  const said = provenanceOf({ files, version: "1.2.3", commit: "abc", lock: sha256("lock"), at });
  expect(said.subject).toEqual([{ name: "charla-1.2.3.tgz", digest: { sha256: sha256("bytes") } }]);
  expect(said.predicate.buildDefinition.resolvedDependencies).toContainEqual({
    ...{ name: "repository", digest: { gitCommit: "abc" } },
  });
});
