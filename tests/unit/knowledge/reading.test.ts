/** What is taken out of files of each kind, and what is said of those that cannot be read. */
import { strToU8, zipSync } from "fflate";
import { describe, expect, it, test } from "vitest";
import { readFileOf } from "../../../src/features/knowledge/reading/child.ts";
import { readerOf } from "../../../src/features/knowledge/reading/kinds.ts";
import type { Section } from "../../../src/features/knowledge/reading/sections.ts";
import { docx, epub, odt, pdf, pptx, xlsx } from "./made.ts";

const bytesOf = (content: string | Uint8Array) =>
  new Uint8Array(typeof content === "string" ? Buffer.from(content) : content);

async function read(name: string, content: string | Uint8Array) {
  const sections: Section[] = [];
  const reader = await readerOf(bytesOf(content), name);
  const reading = { section: (one: Section) => sections.push(one) > 0, progress: () => {} };
  const facts = await reader(bytesOf(content), reading);
  return { ...facts, sections, texts: sections.map(({ text }) => text) };
}

describe("text", () => {
  const SAID = "El pingüino comió en Logroño: ¿cuánto costó? Ochenta céntimos, según él.";
  it.each([
    ["UTF-8", Buffer.from(SAID)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${SAID}`)],
    ["UTF-16 LE", Buffer.from(`\ufeff${SAID}`, "utf16le")],
    ["UTF-16 LE without a mark", Buffer.from(SAID, "utf16le")],
    ["UTF-16 BE", Buffer.from(`\ufeff${SAID}`, "utf16le").swap16()],
    ["windows-1252", Buffer.from(SAID, "latin1")],
  ])("is read in %s", async (_encoding, bytes) => {
    expect((await read("nota.txt", bytes)).texts).toEqual([SAID]);
  });

  it("is read in Japanese as it was written on older machines", async () => {
    const bytes = Buffer.from(
      "93FA967B8CEA82CC95B68FCD82C582B781428ED482F0948382A282DC82B582BD8142",
      "hex",
    );
    expect((await read("a.txt", bytes)).texts).toEqual(["日本語の文章です。車を買いました。"]);
  });

  it("of Markdown has its headings, and none of code", async () => {
    const { sections } = await read(
      "a.md",
      "---\nx: 1\n---\n# A\n\none\n\n## B ##\ntwo\n```\n# no\n```\n# C\n",
    );
    expect(sections).toEqual([
      { place: { headings: ["A"] }, text: "one" },
      { place: { headings: ["A", "B"] }, text: "two\n```\n# no\n```" },
    ]);
  });

  it("of a table names its columns in each row, whatever parts them", async () => {
    const expected = [
      { place: { cells: "A2:B3" }, text: "Nombre: Ana | Edad: 40\nNombre: Eva | Edad: 3,5" },
    ];
    expect((await read("a.csv", 'Nombre;Edad\nAna;40\nEva;"3,5"\n')).sections).toEqual(expected);
    expect((await read("a.tsv", "Nombre\tEdad\nAna\t40\nEva\t3,5\n")).sections).toEqual(expected);
  });

  it("of a page of the web is what people read of it", async () => {
    const page =
      "<!doctype html><title>T</title><nav>Menu</nav><h1>Guía</h1><p>Uno &amp; dos</p><script>x</script>" +
      "<ul><li>tres</ul><table><tr><td>a<td>b</table><h2>Fin</h2>cuatro";
    const { sections } = await read("x", page);
    expect(sections.map(({ place }) => place.headings)).toEqual([["Guía"], ["Guía", "Fin"]]);
    expect(sections[0]?.text.split(/\n+/)).toEqual(["Uno & dos", "- tres", "a | b"]);
    const old = Buffer.from('<meta charset="iso-8859-15"><p>Añejo, 5 \xa4', "latin1");
    expect((await read("a.html", old)).texts).toEqual(["Añejo, 5 €"]);
  });
});

describe("documents", () => {
  it("of Word have headings, tables and notes, and nothing that was deleted", async () => {
    const { sections } = await read("c.docx", docx());
    expect(sections).toHaveLength(1);
    expect(sections[0]?.place.headings).toEqual(["Contrato", "Duración"]);
    const lines = sections[0]?.text.split(/\n+/);
    expect(lines).toEqual(["Dura dos años & un mes.", "Nada", "Renta | 900 €", "Una nota al pie."]);
  });

  it("of LibreOffice too", async () => {
    const { sections } = await read("r.odt", odt());
    expect(sections[0]?.place.headings).toEqual(["Recetas"]);
    expect(sections[0]?.text.split(/\n+/)).toEqual([
      "Medio  kilo de harina.",
      "- Sal",
      "Horno | 180 °C",
    ]);
  });

  it("of PowerPoint have slides in the order in which they are shown", async () => {
    const { sections, pages } = await read("v.pptx", pptx());
    expect(pages).toBe(2);
    expect(sections.map(({ place }) => place)).toEqual([
      { slide: 1, headings: ["Portada"] },
      { slide: 2, headings: ["Ventas"] },
    ]);
    expect(sections[1]?.text).toBe("Ventas\nSubieron un 7 %\n\nDecir por qué");
  });

  it("of Excel have rows with dates and figures as people see them", async () => {
    expect((await read("v.xlsx", xlsx())).sections).toEqual([
      {
        place: { sheet: "Ventas", cells: "A2:C2" },
        text: "Ciudad: Vigo | Alta: 2024-01-01 | Importe: 0.3",
      },
    ]);
  });

  it("of books have chapters in their order", async () => {
    const { sections } = await read("q.epub", epub());
    expect(sections).toEqual([
      { place: { headings: ["Primero"] }, text: "Un lugar de la Mancha." },
      { place: { headings: ["Segundo"] }, text: "De cuyo nombre." },
    ]);
  });

  it("as PDF have pages, whole words, and a count of those that are images", async () => {
    const file = pdf([["El arrenda-", "tario paga (puntual)."], [], ["Fin"]]);
    const { sections, pages, scanned } = await read("c.pdf", file);
    expect(sections).toEqual([
      { place: { page: 1 }, text: "El arrendatario paga (puntual)." },
      { place: { page: 3 }, text: "Fin" },
    ]);
    expect([pages, scanned]).toEqual([3, 1]);
  });
});

const encrypted =
  "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (12345678901234567890123456789012) " +
  "/U (12345678901234567890123456789012) >> /ID [(a) (a)] ";

/** Of so many megabytes, which are a thousandth of that on disk. */
const bomb = (megabytes: number) =>
  zipSync({
    "word/document.xml": new Uint8Array(megabytes * 2 ** 20).fill(32),
    "[Content_Types].xml": strToU8("<Types/>"),
  });

const nested = `<p>${"<div>".repeat(300_000)}Tief${"</div>".repeat(300_000)}`;
const laughs =
  '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><office:text><text:p>&b;&b;</text:p></office:text>';

test.each([
  ["a.pdf", pdf([["x"]], encrypted), "file_encrypted"],
  ["a.pdf", pdf([[], []]), "file_scanned"],
  ["a.pdf", "%PDF-1.4 and nothing", "file_broken"],
  ["a.docx", bomb(130), "file_too_deep"],
  ["a.docx", docx().slice(0, 700), "file_broken"],
  ["a.html", nested, "file_too_deep"],
  ["a.odt", odt("<encryption-data/>"), "file_encrypted"],
  ["a.zip", zipSync({ "a.txt": strToU8("a") }), "file_unknown"],
  ["a.doc", Buffer.from("d0cf11e0a1b11ae1", "hex"), "file_old_office"],
  ["a.exe", Buffer.from([77, 90, 0, 3, 0, 0, 4, 0, 255, 0, 9]), "file_unknown"],
  ["a.txt", " \n ", "file_without_text"],
])("%s is refused: %#", { timeout: 60_000 }, async (name, content, code) => {
  await expect(inProcess(name, content)).rejects.toMatchObject({ code });
});

/** By the process that the product uses. */
async function inProcess(name: string, content: string | Uint8Array, limits?: object) {
  const bytes = bytesOf(content);
  const sections: Section[] = [];
  await readFileOf(
    {
      ...{ name, bytes: bytes.length, signal: new AbortController().signal, progress: () => {} },
      sections: (some) => void sections.push(...some),
      async *content() {
        for (let at = 0; at < bytes.length; at += 2 ** 20) yield bytes.subarray(at, at + 2 ** 20);
      },
    },
    { ms: 60_000, memoryBytes: 900e6, ...limits },
  );
  return sections;
}

test("no entity grows", { timeout: 60_000 }, async () => {
  const odd = zipSync({
    mimetype: strToU8("application/vnd.oasis.opendocument.text"),
    "content.xml": strToU8(laughs),
  });
  expect((await inProcess("a.odt", odd)).map(({ text }) => text)).toEqual(["&b;&b;"]);
});

test("whoever takes too long or too much is ended", { timeout: 60_000 }, async () => {
  const large = `a;b\n${"1;2\n".repeat(400_000)}`;
  await expect(inProcess("a.csv", large, { ms: 1 })).rejects.toMatchObject({
    code: "file_too_heavy",
  });
  const hungry = inProcess("a.csv", large, { memoryBytes: 1 });
  if (process.platform === "linux")
    await expect(hungry).rejects.toMatchObject({ code: "file_too_heavy" });
});
