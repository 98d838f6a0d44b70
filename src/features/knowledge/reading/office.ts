/** Documents of Word, LibreOffice and the like: paragraphs, headings and tables out of their XML. */
import { facts, Outline, type Reader, Unreadable } from "./sections.ts";
import { readXml } from "./xml.ts";
import { Archive } from "./zip.ts";

export const docx: Reader = (bytes, reading) => {
  const archive = new Archive(bytes);
  const body = archive.text("word/document.xml");
  if (body === undefined) throw new Unreadable("file_broken");
  const levels = levelsOf(archive.text("word/styles.xml") ?? "");
  const outline = new Outline(reading);
  word(body, outline, levels);
  for (const notes of ["word/footnotes.xml", "word/endnotes.xml"]) {
    const source = archive.text(notes);
    if (source) word(source, outline, levels);
  }
  outline.end();
  return facts({ cut: outline.enough });
};

/** The level of the headings' styles, which have a name in each language and one number. */
function levelsOf(styles: string): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  let id = "";
  readXml(styles, {
    open(name, attributes) {
      if (name === "w:style") id = attributes["w:styleId"] ?? "";
      const [, digit] =
        (name === "w:name" && /^heading (\d)$/i.exec(attributes["w:val"] ?? "")) || [];
      if (digit) levels.set(id, Number(digit));
      if (name === "w:name" && attributes["w:val"]?.toLowerCase() === "title") levels.set(id, 1);
      if (name === "w:outlineLvl") {
        const level = Number(attributes["w:val"]);
        if (level < 9) levels.set(id, level + 1);
      }
    },
  });
  return levels;
}

function word(source: string, outline: Outline, levels: ReadonlyMap<string, number>): void {
  let line = "";
  let level = 0;
  let text = false;
  let list = false;
  let deleted = 0;
  let row: string[] | undefined;
  let cell: string[] = [];
  readXml(source, {
    open(name, attributes) {
      if (name === "w:p") [line, level, list] = ["", 0, false];
      else if (name === "w:pStyle") level = levels.get(attributes["w:val"] ?? "") ?? level;
      else if (name === "w:outlineLvl") level = Number(attributes["w:val"]) + 1;
      else if (name === "w:numPr") list = true;
      else if (name === "w:t") text = true;
      else if (name === "w:tab") line += "\t";
      else if (name === "w:br" || name === "w:cr") line += "\n";
      else if (name === "w:del") deleted += 1;
      else if (name === "w:tr") row = [];
      else if (name === "w:tc") cell = [];
    },
    text(data) {
      if (text && deleted === 0 && !outline.enough) line += data;
    },
    close(name) {
      if (name === "w:t") text = false;
      else if (name === "w:del") deleted -= 1;
      else if (name === "w:tc") row?.push(cell.join(" "));
      else if (name === "w:tr") {
        outline.line((row ?? []).join(" | "));
        row = undefined;
      } else if (name === "w:p") {
        if (row) cell.push(line.trim());
        else if (level > 0 && level < 10 && line.trim() !== "") outline.heading(level, line);
        else outline.line(list ? `- ${line}` : `${line}\n`);
      }
    },
  });
}

export const odt: Reader = (bytes, reading) => {
  const archive = new Archive(bytes);
  if (archive.text("META-INF/manifest.xml")?.includes("encryption-data"))
    throw new Unreadable("file_encrypted");
  const body = archive.text("content.xml");
  if (body === undefined) throw new Unreadable("file_broken");
  const outline = new Outline(reading);
  let line = "";
  let level = 0;
  let list = 0;
  let depth = 0;
  let tracked = 0;
  let row: string[] | undefined;
  let cell: string[] = [];
  const paragraph = (name: string) => name === "text:p" || name === "text:h";
  readXml(body, {
    open(name, attributes) {
      if (name === "text:tracked-changes") tracked += 1;
      if (paragraph(name)) {
        // A note stands inside of a paragraph.
        if (depth === 0) line = "";
        depth += 1;
        if (name === "text:h") level = Number(attributes["text:outline-level"] ?? 1);
      } else if (name === "text:tab") line += "\t";
      else if (name === "text:line-break") line += "\n";
      else if (name === "text:s")
        line += " ".repeat(Math.min(100, Number(attributes["text:c"] ?? 1)));
      else if (name === "text:list") list += 1;
      else if (name === "table:table-row") row = [];
      else if (name === "table:table-cell") cell = [];
    },
    text(data) {
      if (depth > 0 && tracked === 0 && !outline.enough) line += data;
    },
    close(name) {
      if (name === "text:tracked-changes") tracked -= 1;
      else if (name === "text:list") list -= 1;
      else if (name === "table:table-cell") row?.push(cell.join(" "));
      else if (name === "table:table-row") {
        outline.line((row ?? []).join(" | "));
        row = undefined;
      } else if (paragraph(name)) {
        depth -= 1;
        if (depth > 0) line += " ";
        else if (tracked > 0) line = "";
        else if (row) cell.push(line.trim());
        else if (level > 0 && line.trim() !== "") outline.heading(level, line);
        else outline.line(list > 0 ? `- ${line}` : `${line}\n`);
        if (depth === 0) level = 0;
      }
    },
  });
  outline.end();
  return facts({ cut: outline.enough });
};
