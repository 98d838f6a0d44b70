/**
 * Counts the clone: the lines of code in the import closure of the minimal app, its model process
 * and its page; and the clone whose model runs in the page. Exits 1 if one is over the limit.
 *
 * A line of code is one that is neither blank nor only a comment, as the formatter leaves it at 100
 * columns. Styles and translations are not code and are not counted.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const LIMIT = 1000;
const root = fileURLToPath(new URL("..", import.meta.url));
const CLONES = {
  "the clone": ["src/minimal.ts", "src/engines/llama/worker.ts", "web/src/minimal.tsx"],
  "the clone in a browser tab": [
    ...["src/browser.ts", "web/src/browser.ts", "web/src/chat/local/wllama.threads.worker.ts"],
  ],
};

/** Every file of ours that the entries reach, by imports of values and of types alike. */
export function closure(entries: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const target of importsOf(file)) visit(target);
  };
  for (const entry of entries) visit(join(root, entry));
  return [...seen].map((file) => relative(root, file)).sort();
}

/** The files of ours that a file imports: absolute paths, code only. */
export function importsOf(file: string): readonly string[] {
  const source = readFileSync(file, "utf8");
  const specifiers = source.matchAll(/(?:\bfrom|^import|\bimport\()\s*"(\.[^"]+\.tsx?)"/gm);
  return [...specifiers].map(([, specifier]) => join(dirname(file), specifier as string));
}

/** Lines that are neither blank nor only a comment. */
export function linesOfCode(source: string): number {
  let inComment = false;
  let count = 0;
  for (const line of source.split("\n").map((line) => line.trim())) {
    if (!inComment && /^(\{?\/\*)/.test(line)) inComment = true;
    const isCode = line !== "" && !inComment && !line.startsWith("//");
    if (isCode) count++;
    if (inComment && line.includes("*/")) inComment = false;
  }
  return count;
}

if (import.meta.main) {
  for (const [name, entries] of Object.entries(CLONES)) {
    let total = 0;
    for (const file of closure(entries)) {
      const lines = linesOfCode(readFileSync(join(root, file), "utf8"));
      total += lines;
      console.log(`${String(lines).padStart(5)}  ${file}`);
    }
    console.log(`${String(total).padStart(5)}  lines of code in ${name} (limit ${LIMIT})\n`);
    if (total <= LIMIT) continue;
    console.error(`It is over ${LIMIT} lines: move what is not a chat into a feature.`);
    process.exitCode = 1;
  }
}
