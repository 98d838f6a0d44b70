/** What the documents say is there: commands, scripts, settings, files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { unknownVariables, VARIABLES } from "../../../src/config.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const DOCUMENTS = [
  "README.md",
  "README.es.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
];
const READMES = ["README.md", "README.es.md"];

/** `CHARLA_REMOTE_URL`, `_KEY` in a table row stand for variables with the same beginning. */
function variables(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const names = [...line.matchAll(/\bCHARLA_[A-Z_]+/g)].map(([name]) => name);
    const stem = names[0]?.replace(/_[A-Z]+$/, "");
    return [...names, ...[...line.matchAll(/`(_[A-Z_]+)`/g)].map(([, end]) => stem + (end ?? ""))];
  });
}

describe.each(DOCUMENTS)("%s", (file) => {
  const text = read(file);

  it("links to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(
      ([, path]) => path ?? "",
    );
    expect(links.filter((path) => !existsSync(join(root, dirname(file), path)))).toEqual([]);
  });

  it("names scripts and files of the repository that exist", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const runs = [...text.matchAll(/npm run ([a-z:-]+[a-z])/g)].map(([, name]) => name ?? "");
    expect(runs.filter((name) => !(name in scripts))).toEqual([]);
    const files = [...text.matchAll(/`((?:src|web|tests|scripts|docs|examples)\/[\w./-]+)`/g)];
    expect(files.map(([, path]) => path ?? "").filter((path) => !existsSync(root + path))).toEqual(
      [],
    );
  });

  it("names settings that Charla reads", () => {
    const named = Object.fromEntries(variables(text).map((name) => [name, "x"]));
    expect(unknownVariables(named)).toEqual([]);
  });
});

describe("the threat model", () => {
  const rows = read("docs/threat-model.md")
    .split("\n")
    .filter((line) => /^\|.*`tests\//.test(line));
  const named = (row: string) =>
    [...row.matchAll(/`(tests\/[^`]*)`/g)].map(([, path]) => path ?? "");

  it("names tests that exist", () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.flatMap(named).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("has no threat and no failure of others without one", () => {
    const [, threats = "", others = ""] = read("docs/threat-model.md").split(
      /^## What could happen.*|^## What comparable.*/m,
    );
    for (const table of [threats, others.split(/^## /m)[0] ?? ""]) {
      const all = table.split("\n").filter((line) => line.startsWith("|"));
      expect(all.slice(2).filter((row) => named(row).length === 0)).toEqual([]);
    }
  });
});

describe("the decisions", () => {
  const files = readdirSync(join(root, "docs/decisions"));

  it("are numbered without a gap, and called by their number", () => {
    const numbers = files.map((_, index) => String(index + 1).padStart(4, "0"));
    expect(files.map((file) => file.slice(0, 4))).toEqual(numbers);
    for (const file of files) {
      expect(read(`docs/decisions/${file}`)).toMatch(new RegExp(`^# ${file.slice(0, 4)}: [A-Z]`));
    }
  });
});

/** What an administrator reads, and its Spanish. */
const PAGES = {
  accounts: "cuentas",
  anchoring: "anclaje",
  assistants: "asistentes",
  deploy: "despliegue",
  encryption: "cifrado",
  images: "imagenes",
  knowledge: "conocimiento",
  onnx: "onnx",
  operating: "operacion",
  organisation: "organizacion",
  policy: "politica",
  privacy: "privacidad",
  "question-sets": "conjuntos-de-preguntas",
  tools: "herramientas",
  training: "entrenamiento",
};

describe.each(Object.entries(PAGES))("docs/%s.md and its Spanish", (english, spanish) => {
  const [en, es] = [read(`docs/${english}.md`), read(`docs/es/${spanish}.md`)];

  it("have the same headings, tables and points, and name the same settings", () => {
    const shape = (text: string) => ({
      // Levels of headings, rows of tables, points of lists.
      lines: (
        text.replace(/^```.*?^```/gms, "").match(/^(?:#+|\|(?=[^\n]*\|)|- |\d+\.)/gm) ?? []
      ).join(" "),
      variables: [...new Set(variables(text))].toSorted(),
      codes: [...new Set(text.match(/`[a-z]+_[a-z_]+`/g))].toSorted(),
    });
    expect(shape(es)).toEqual(shape(en));
  });

  it("have the same commands and values in their blocks of code", () => {
    const blocks = (text: string) =>
      [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, language, code = ""]) => [
        language,
        // What is to be replaced, and remarks, are in the reader's language.
        code
          .replace(/ *#.*$/gm, "")
          .replace(/<[^>]*>|\b(new|nueva)\.key\b|:(password|contraseña)@|=a[lt]-.*/g, ""),
      ]);
    expect(blocks(es)).toEqual(blocks(en));
  });

  it("link to each other and to files that exist", () => {
    expect(en).toContain(`(es/${spanish}.md)`);
    expect(es).toContain(`(../${english}.md)`);
    for (const [folder, text] of [
      ["docs", en],
      ["docs/es", es],
    ] as const) {
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, to]) => to ?? "");
      expect(links.filter((path) => !existsSync(join(root, folder, path)))).toEqual([]);
    }
  });
});

describe("the two READMEs", () => {
  it.each(READMES)("%s names every setting", (file) => {
    const named = new Set(variables(read(file)));
    expect(VARIABLES.filter((name) => !named.has(name))).toEqual([]);
  });

  it("show the same commands and settings", () => {
    const [english, spanish] = READMES.map((file) => {
      const text = read(file);
      const commands = [...text.matchAll(/^(?:npx |ls \| )?charla[^#\n]*|^npm .*?(?= {2,})/gm)];
      return {
        // Questions are in the language of the page.
        commands: commands.map(([line]) => line.replace(/"[^"]*"/, '""').trim()),
        variables: new Set(variables(text)),
        pictures: [...text.matchAll(/!\[/g)].length,
      };
    });
    expect(english?.commands.length).toBeGreaterThan(6);
    expect(spanish).toEqual(english);
  });
});
