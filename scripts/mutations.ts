/** The list of `npm run mutate`: single changes to real logic, read from `tests/mutations/*.txt`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Of the clone. */
export const ROOT = join(import.meta.dirname, "..");

export interface Site {
  /** From the root of the clone. */
  readonly file: string;
  /** Stands there once; any white space is as good as any other. */
  readonly search: string;
  readonly replacement: string;
}

export interface Section {
  readonly name: string;
  /** Files and folders of tests that have to notice. */
  readonly tests: readonly string[];
  readonly sites: readonly Site[];
}

export function readSections(root = ROOT): readonly Section[] {
  const folder = join(root, "tests/mutations");
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return names.flatMap((name) => parse(readFileSync(join(folder, name), "utf8")));
}

function parse(text: string): Section[] {
  const sections: { name: string; tests: string[]; sites: Site[] }[] = [];
  let [file, search] = ["", ""];
  for (const line of text.split("\n")) {
    const [, name, tests = ""] = /^== (\w+): (.+)$/.exec(line) ?? [];
    if (name) sections.push({ name, tests: tests.split(" "), sites: [] });
    else if (line.startsWith("- ")) search = line.slice(2);
    else if (line.startsWith("+")) {
      sections.at(-1)?.sites.push({ file, search, replacement: line.slice(2) });
    } else if (line.startsWith("src/")) file = line;
  }
  return sections;
}

/** @returns the file with the change; undefined unless what is searched stands there once */
export function mutated(source: string, { search, replacement }: Site): string | undefined {
  const words = search.trim().split(/\s+/).map(escaped);
  const parts = source.split(new RegExp(words.join("\\s+")));
  return parts.length === 2 ? parts.join(replacement) : undefined;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
