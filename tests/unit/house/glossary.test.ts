/** One term for one thing: what the glossary of CONTRIBUTING.md rules out stands in no text for people. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (file: string) => readFileSync(root + file, "utf8");

/** The Spanish half of a `words.ts`, a table in JSON as it is, and what else says `es: "…"`. */
const spanish: [file: string, text: string][] = [
  ...globSync("{web/src/panels/*/words,src/features/*/{texts,messages}}.ts", { cwd: root })
    .filter((file) => /^(?:export )?const en\b/m.test(read(file)))
    .map((file): [string, string] => [file, read(file).split(/^(?:export )?const es\b/m)[1] ?? ""]),
  ...globSync("{web/src,src}/**/*es.json", { cwd: root }).map((file): [string, string] => [
    file,
    read(file),
  ]),
  // Their blocks of code are what other programs read.
  ...globSync(["README.es.md", "docs/es/*.md", "docs/dpia-template.es.md"], { cwd: root }).map(
    (file): [string, string] => [file, read(file).replace(/^```.*?^```/gms, "")],
  ),
  ...globSync("{src,web/src}/**/*.{ts,tsx}", { cwd: root }).flatMap((file) => {
    const texts = [...read(file).matchAll(/\bes:\s*("(?:[^"\\]|\\.)*")/g)].map(([, text]) => text);
    return texts.length > 0 ? [[file, texts.join("\n")] satisfies [string, string]] : [];
  }),
];

/** Each with what is said instead; `charla` in small letters is the command alone. */
const FORBIDDEN: [RegExp, string][] = [
  [/\b(la|las|una|esta|estas|tus|nueva|ninguna|todas las|más|\{n\}) charlas?\b/u, "chat"],
  [/\bconversaci(ón|ones)\b/iu, "chat"],
  [/\bfichero/iu, "archivo"],
  [/\bdirectiva/iu, "política"],
  [/\b(piezas?|ranuras?|huecos?)\b/iu, "token, slot"],
  [/\bel terminal\b/iu, "la terminal"],
  [/\b(la|esta|otras|tu) máquinas?\b/iu, "equipo"],
  [/\bmodelo de inicio\b/iu, "modelo inicial"],
  [/\b(borra(r|s|do)?|suprim\w+)\b/iu, "eliminar"],
  [/(^|[^\p{L}])órdenes\b/iu, "comando"],
  [/\bpapel\b/iu, "rol"],
  [/\b(el|un|una|esta|este|otra|otro) Charla\b/iu, "Charla, without an article"],
  [/\bregistro de actos\b/iu, "registro de auditoría"],
  [/\b(usted|ustedes|espere|averigüe|compárelo|deténgalo|escríbalo)\b/iu, "tú"],
  [/\bquien administra\b(?! el servidor)|\bquien lleva\b/iu, "un administrador"],
];

/** The English half of the same files, and what errors say. */
const english: [file: string, text: string][] = [
  ...globSync("{web/src/panels/*/*words,src/features/**/messages}.ts", { cwd: root })
    .filter((file) => /^(?:export )?const es\b/m.test(read(file)))
    .map((file): [string, string] => [file, read(file).split(/^(?:export )?const es\b/m)[0] ?? ""]),
  ...globSync("{web/src,src}/**/*en.json", { cwd: root }).map((file): [string, string] => [
    file,
    read(file),
  ]),
  ...globSync("src/**/*.ts", { cwd: root }).map((file): [string, string] => {
    const said = /^\s*(?:message|hint):\s*"(?:[^"\\]|\\.)*"/gm;
    return [file, [...read(file).matchAll(said)].map(([text]) => text).join("\n")];
  }),
];

describe("the English texts", () => {
  it("are found", () => {
    expect(english.filter(([, text]) => text !== "").length).toBeGreaterThan(60);
  });

  it("download, and fetch nothing", () => {
    const said = english.flatMap(([file, text]) =>
      [...text.matchAll(/"(?:[^"\\]|\\.)*"/g)]
        .map(([quoted]) => quoted.replace(/\{\w+\}/g, ""))
        .filter((quoted) => /\bfetch(es|ed|ing)?\b/i.test(quoted))
        // A key of the table, or the API's word for what a client must not ask for.
        .filter((quoted) => /\s|Fetch/.test(quoted) && !quoted.includes("no address is fetched"))
        .map((quoted) => `${file}: ${quoted}`),
    );
    expect(said).toEqual([]);
  });
});

describe("the Spanish texts", () => {
  it("are found", () => {
    expect(spanish.length).toBeGreaterThan(20);
    expect(spanish.filter(([file, text]) => text === "" && !file.endsWith(".json"))).toEqual([]);
  });

  it.each(FORBIDDEN)("have no %s: it is %s", (term) => {
    const lines = spanish.flatMap(([file, text]) =>
      text
        .split("\n")
        .filter((line) => term.test(line.replace(/^\s*"?[\w.:-]+"?: /, "")))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(lines).toEqual([]);
  });
});
