/**
 * Steps of the page's build: fewer fonts, those of the first view asked for at once, compressed
 * siblings, and a limit on what a first visit has to load.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { build, type Plugin } from "vite";

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

/** Lets a document ask for the fonts that its first view needs before its styles are read. */
export function preloaded(what: { readonly document: string; readonly fonts: RegExp }): Plugin {
  return {
    name: "charla:preloaded",
    transformIndexHtml(_html, { bundle = {}, path }) {
      if (!path.endsWith(what.document)) return;
      const names = Object.keys(bundle).filter((name) => what.fonts.test(name));
      return names.map((name) => ({
        tag: "link",
        attrs: {
          rel: "preload",
          href: `/${name}`,
          as: "font",
          type: "font/woff2",
          crossorigin: true,
        },
        injectTo: "head" as const,
      }));
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

/**
 * Writes a page that is one file and needs no server: `page.html` of a room's folder, with the code of
 * its `main.ts` in the place of the comment CODE. Where the room was taken out there is none.
 */
export function oneFile({ folder, name }: { folder: string; name: string }): Plugin {
  return {
    name: "charla:one-file",
    apply: "build",
    async generateBundle() {
      if (!existsSync(folder)) return;
      const lib = { entry: join(folder, "main.ts"), formats: ["iife" as const], name: "page" };
      const made = await build({
        ...{ configFile: false, logLevel: "warn", publicDir: false },
        // The first that can check signatures by Ed25519.
        build: { lib, write: false, minify: true, target: ["chrome137", "firefox130", "safari17"] },
      });
      const [output] = [made].flat() as { output: { type: string; code?: string }[] }[];
      const code = output?.output.find(({ type }) => type === "chunk")?.code;
      if (!code) this.error(`the build has no script for ${name}`);
      // What would end the element in which it stands.
      const inline = code.replace(/<(?=\/script|!--)/gi, "\\x3c");
      const document = await readFile(join(folder, "page.html"), "utf8");
      const source = document.replace("/*CODE*/", () => inline);
      this.emitFile({ type: "asset", fileName: name, source });
    },
  };
}

/**
 * Writes a list of the files that some modules of the page need: their chunks with all that those import,
 * their styles, and scripts of workers. A service worker keeps them for when there is no network.
 */
export function listed({ modules, workers, name }: Listed): Plugin {
  return {
    name: "charla:listed",
    apply: "build",
    // Behind those that add to the bundle.
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = new Set(Object.keys(bundle).filter((file) => workers.test(file)));
      const add = (file: string) => {
        const chunk = bundle[file];
        if (files.has(file) || chunk?.type !== "chunk") return;
        files.add(file);
        for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
        for (const next of chunk.imports) add(next);
      };
      for (const chunk of Object.values(bundle))
        if (chunk.type === "chunk" && chunk.moduleIds.some((id) => modules.test(id)))
          add(chunk.fileName);
      const source = JSON.stringify([...files].map((file) => `/${file}`));
      this.emitFile({ type: "asset", fileName: name, source });
    },
  };
}

interface Listed {
  readonly modules: RegExp;
  /** By the names of their files. */
  readonly workers: RegExp;
  readonly name: string;
}
