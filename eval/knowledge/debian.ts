/**
 * The Debian Reference in Spanish and English (GPL-2+), as a set of questions: each section is found by its
 * title, which is taken out of the text; the sections of both languages have the same anchors. Fetched by
 * the machine's own apt when it is measured, and never stored here.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTags } from "../../src/features/knowledge/reading/xml.ts";

export interface Section {
  /** Its anchor, the same in both languages. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** Characters of a section that are searched, as in what was measured before (`reach.md`). */
const MOST = 600;
const LEAST = 100;

/** @param folder where both packages are unpacked; they are fetched if absent */
export function debianReference(
  folder?: string,
): Readonly<Record<"es" | "en", readonly Section[]>> {
  const made = folder ?? mkdtempSync(join(tmpdir(), "charla-debian-"));
  try {
    if (folder === undefined) fetchPackages(made);
    return { es: sectionsOf(made, "es"), en: sectionsOf(made, "en") };
  } finally {
    if (folder === undefined) rmSync(made, { recursive: true, force: true });
  }
}

function fetchPackages(folder: string): void {
  const names = ["debian-reference-es", "debian-reference-en"];
  execFileSync("apt-get", ["download", ...names], { cwd: folder, stdio: "ignore" });
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb")))
    execFileSync("dpkg-deb", ["-x", file, "."], { cwd: folder });
}

function sectionsOf(folder: string, language: "es" | "en"): Section[] {
  const place = join(folder, "usr", "share", "debian-reference");
  const files = readdirSync(place).filter((name) => name.endsWith(`.${language}.html`));
  return files.toSorted().flatMap((name) => read(readFileSync(join(place, name), "utf8")));
}

function read(source: string): Section[] {
  const sections: Section[] = [];
  let [id, title, text, heading, quiet] = ["", "", "", false, 0];
  const end = () => {
    const plain = text.replace(/\s+/g, " ").trim();
    if (id.startsWith("_") && plain.length >= LEAST)
      sections.push({ id, title: titleOf(title), text: plain.slice(0, MOST) });
    text = "";
  };
  readTags(source, {
    open(name, { id: anchor, class: classes = "" }) {
      if (/^h[1-4]$/.test(name) && classes.includes("title")) {
        end();
        [id, title, heading] = ["", "", true];
      }
      if (name === "a" && heading && anchor) id = anchor;
      if (name === "dl" && classes.includes("toc")) quiet += 1;
      else if (name === "dl" && quiet > 0) quiet += 1;
    },
    text(data) {
      if (heading) title += data;
      else if (quiet === 0) text += data;
    },
    close(name) {
      if (/^h[1-4]$/.test(name)) heading = false;
      if (name === "dl" && quiet > 0) quiet -= 1;
    },
  });
  end();
  return sections;
}

const titleOf = (title: string): string =>
  title
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^\d+(?:\.\d+)*\.\s*/, "");
