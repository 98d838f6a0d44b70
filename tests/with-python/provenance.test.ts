/**
 * C2PA's label, checked by those who wrote the format: `c2pa-text` (the reference for manifests in
 * texts), `encypher-c2pa` (a verifier of its own), and `c2pa-python`, which is C2PA's own library and
 * knows signatures and claims, but not texts.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { certified } from "../../src/features/provenance/c2pa/certificate.ts";
import { marked, markedDocument } from "../../src/features/provenance/c2pa/manifest.ts";
import { provenance } from "../../src/features/provenance/open.ts";
import { vaultTables } from "../../src/storage/vault/index.ts";
import { ROOT } from "../fixtures/charla.ts";
import { freshDatabase } from "../fixtures/databases.ts";
import { sealing } from "../fixtures/vault.ts";

const SCRIPT = join(ROOT, "tests/with-python/provenance.py");
const TEXT =
  "The lighthouse keeps its promise. El faro cumple su promesa. 🌊\n\n— Written by AI: Demo.";

test("labels are right for the reference, and changed texts are not", async () => {
  const { installClients } = await import(join(ROOT, "scripts/python.mjs"));
  const python = await installClients();
  const place = await freshDatabase([vaultTables, provenance]);
  const ground = { ...sealing(place), policy: {}, settings: place };
  const own = await certified(ground, "chat.example.org");
  const file = join(place.home, "labelled.txt");
  for (let round = 0; round < 5; round++) {
    writeFileSync(file, await marked(TEXT, own, "1.2.3"));
    const { stdout } = await promisify(execFile)(python, [SCRIPT, file]);
    const { text, texts, wrapper, changed, claim } = JSON.parse(stdout);
    expect(text).toBe(TEXT);
    expect(texts).toEqual([]);
    expect(wrapper).toMatchObject({
      ...{ integrity: "valid", signature: "valid", hard_binding: "match", present: true },
    });
    expect(changed).toMatchObject({ integrity: "invalid", hard_binding: "mismatch" });
    expect(claim.signature_info).toMatchObject({
      issuer: "chat.example.org",
      common_name: "Charla",
    });
    expect(claim.claim_generator_info).toEqual([{ name: "Charla", version: "1.2.3" }]);
    expect(claim.assertions).toMatchObject([
      {
        label: "c2pa.actions.v2",
        data: {
          actions: [
            {
              action: "c2pa.created",
              digitalSourceType:
                "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            },
          ],
        },
      },
    ]);
    expect(claim.failures).toEqual([
      "assertion.dataHash.mismatch: data hash exclusion does not match the manifest location in the asset",
      "signingCredential.untrusted: signing certificate untrusted",
    ]);
    expect(claim.successes).toContain("claimSignature.validated");
    expect(claim.successes).toContain("assertion.dataHash.match");
  }
  const document = "# Chat\n\nThe lighthouse keeps its promise.\n";
  // Certificates differ in length, and so does the padding of a manifest in base64.
  for (let round = 0; round < 12; round++) {
    const other = await freshDatabase([vaultTables, provenance]);
    const signing = await certified({ ...ground, ...sealing(other) }, "chat.example.org");
    writeFileSync(file, await markedDocument(document, signing, "1.2.3"));
    const { stdout } = await promisify(execFile)(python, [SCRIPT, file, "text/markdown"]);
    const { wrapper, changed, structured } = JSON.parse(stdout);
    expect(structured).toBe(true);
    expect(wrapper).toMatchObject({
      ...{ integrity: "valid", signature: "valid", hard_binding: "match" },
    });
    expect(changed).toMatchObject({ integrity: "invalid", hard_binding: "mismatch" });
  }
}, 600_000);
