/**
 * The list of what is in a release, as CycloneDX 1.6 has it: every package of the lock file that is not
 * for development alone, with its licence and digest. (npm's own `npm sbom` leaves the page's out.)
 * Source: CycloneDX 1.6, "JSON Reference".
 */
import { type Lock, packagesOf } from "./licences.ts";

const OPERATORS = /\s+(and|or|with)\s+/gi;

/** An expression has operators between its names, which some write small; others are ids of SPDX. */
function licence(name: string) {
  const expression = name.replace(OPERATORS, (_, operator) => ` ${operator.toUpperCase()} `);
  return name.search(OPERATORS) < 0 ? { license: { id: name } } : { expression };
}

/** A name of a scope is percent-encoded there. Source: package-url, "npm". */
const purl = (name: string, version: string) =>
  `pkg:npm/${name.replace(/^@/, "%40")}@${encodeURIComponent(version)}`;

/** Of `sha512-...`, as npm writes it. */
function hashes(integrity: string | undefined) {
  const [, digest] = /^sha512-(\S+)$/.exec(integrity ?? "") ?? [];
  return digest && [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }];
}

export interface Release {
  readonly version: string;
  readonly at: Date;
  /** "urn:uuid:..." */
  readonly serial: string;
}

interface Digested {
  readonly version?: string;
  readonly integrity?: string;
}

export function sbomOf(lock: Lock, { version, at, serial }: Release) {
  const digests = new Map(
    Object.entries(lock.packages as Readonly<Record<string, Digested>>).map(
      ([path, { version: its = "", integrity }]) => [
        `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${its}`,
        integrity,
      ],
    ),
  );
  const own = {
    ...{ type: "application", "bom-ref": "charla", name: "charla", version },
    ...{ purl: purl("charla", version), licenses: [licence("Apache-2.0")] },
  };
  const used = packagesOf(lock).filter(({ dev }) => !dev);
  const refs = used.map(({ name, version }) => purl(name, version));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    ...{ bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: serial, version: 1 },
    metadata: { timestamp: at.toISOString(), component: own },
    components: used.map((one) => {
      const content = hashes(digests.get(`${one.name}@${one.version}`));
      return {
        ...{ type: "library", "bom-ref": purl(one.name, one.version) },
        ...{ name: one.name, version: one.version, purl: purl(one.name, one.version) },
        licenses: [licence(one.licence)],
        ...(content && { hashes: content }),
      };
    }),
    dependencies: [{ ref: "charla", dependsOn: refs }],
  };
}
