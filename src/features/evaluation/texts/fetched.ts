/**
 * WikiText-2's test set, in which published figures are told: fetched once, known by its digest, and kept
 * in the data folder. It is of 2016, so that every model may know it by heart.
 *
 * Source: Merity et al. 2016 (arXiv 1609.07843), CC BY-SA; the form with tokens set apart, as PyTorch's
 * examples carry it.
 */
import { hash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ground } from "../../../core/feature.ts";
import { textUnreachable } from "../errors.ts";

export const WIKITEXT = {
  name: "wikitext-2",
  bytes: 1_256_449,
  digest: "d790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0",
  url: "https://raw.githubusercontent.com/pytorch/examples/77f55b912142e11fcfdf5b530231fb9c52f181e8/word_language_model/data/wikitext-2/test.txt",
} as const;

/** @throws CharlaError `evaluation_text_unreachable`, which says how to bring it oneself */
export async function wikitext({
  read,
  settings: { home },
}: Pick<Ground, "read" | "settings">): Promise<{ name: string; content: string }> {
  const folder = join(home, "evaluation");
  const path = join(folder, `${WIKITEXT.name}.txt`);
  const there = await readFile(path).catch(() => undefined);
  const bytes = there && isIt(there) ? there : await fetched(read);
  if (bytes !== there) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${path}.part`, bytes);
    await rename(`${path}.part`, path);
  }
  return { name: `${WIKITEXT.name}.txt`, content: bytes.toString("utf8") };
}

async function fetched(read: Ground["read"]): Promise<Buffer> {
  const { url, bytes: size } = WIKITEXT;
  const response = await read(url, size).catch((cause: unknown) => {
    throw textUnreachable(WIKITEXT, String(cause), cause);
  });
  if (!response.ok) throw textUnreachable(WIKITEXT, String(response.status));
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!isIt(bytes)) throw textUnreachable(WIKITEXT, "SHA-256");
  return bytes;
}

const isIt = (bytes: Uint8Array) => hash("sha256", bytes, "hex") === WIKITEXT.digest;
