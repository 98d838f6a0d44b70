/**
 * Three steps of the page's build: fewer fonts, compressed siblings, and a limit on what a first
 * visit has to load.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const compress = promisify(gzip);

/** KaTeX names each font in three formats; every browser that we build for takes the first. */
export function onlyWoff2(): Plugin {
  return {
    name: "charla:only-woff2",
    enforce: "pre",
    transform(code, id) {
      if (!/katex.*\.css$/.test(id)) return null;
      return code.replace(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\("[^"]+"\)/g, "");
    },
  };
}

/** Writes `name.gz` beside each text file, which the server sends to whoever accepts it. */
export function compressed(): Plugin {
  return {
    name: "charla:compressed",
    apply: "build",
    async writeBundle({ dir = "" }) {
      const names = await readdir(dir, { recursive: true });
      const texts = names.filter((name) => /\.(js|css|svg|html|webmanifest)$/.test(name));
      for (const name of texts) {
        const path = join(dir, name);
        const small = await compress(await readFile(path), { level: constants.Z_BEST_COMPRESSION });
        await writeFile(`${path}.gz`, small);
      }
    },
  };
}

/**
 * Fails the build when the scripts that a document loads before anything is lazy are too large.
 *
 * @param gzipBytes limit on all of them together
 */
export function budget({ document, gzipBytes }: { document: string; gzipBytes: number }): Plugin {
  return {
    name: "charla:budget",
    apply: "build",
    async writeBundle(_options, bundle) {
      const page = bundle[document];
      const html = page?.type === "asset" ? String(page.source) : "";
      const initial = new Set<string>();
      const add = (name: string) => {
        const chunk = bundle[name];
        if (initial.has(name) || chunk?.type !== "chunk") return;
        initial.add(name);
        for (const next of chunk.imports) add(next);
      };
      for (const [, name] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) add(name ?? "");
      let total = 0;
      for (const name of initial) {
        const chunk = bundle[name];
        if (chunk?.type === "chunk") total += (await compress(chunk.code)).length;
      }
      const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
      const line = `${document} loads ${kB(total)} of JavaScript (gzip) at first`;
      if (initial.size === 0) this.error(`the build has no script for ${document}`);
      if (total > gzipBytes) {
        this.error(
          `${line}; the limit is ${kB(gzipBytes)}. Load what is not needed at once lazily.`,
        );
      }
      this.info(`${line}; the limit is ${kB(gzipBytes)}.`);
    },
  };
}
