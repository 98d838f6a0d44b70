/** Files of each kind, made as the programs make them that people have. */
import { strToU8, zipSync } from "fflate";
import type { Grey } from "../../fixtures/images.ts";

const zip = (entries: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, strToU8(text)])));

const paragraph = (text: string, style = "") =>
  `<w:p>${style && `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t>${text}</w:t></w:r></w:p>`;

/** Styles have names of the user's language as ids, and their own name says what they are. */
export const docx = (): Uint8Array =>
  zip({
    "[Content_Types].xml": "<Types/>",
    "word/styles.xml":
      '<w:styles><w:style w:styleId="Ttulo1"><w:name w:val="heading 1"/></w:style>' +
      '<w:style w:styleId="Ttulo2"><w:name w:val="heading 2"/></w:style></w:styles>',
    "word/document.xml":
      `<w:document><w:body>${paragraph("Contrato", "Ttulo1")}` +
      `${paragraph("Duración", "Ttulo2")}${paragraph("Dura dos a&#241;os &amp; un mes.")}` +
      "<w:p><w:r><w:t>Nada </w:t></w:r><w:del><w:r><w:t>tachado</w:t></w:r></w:del></w:p>" +
      `<w:tbl><w:tr><w:tc>${paragraph("Renta")}</w:tc><w:tc>${paragraph("900 €")}</w:tc></w:tr></w:tbl>` +
      "</w:body></w:document>",
    "word/footnotes.xml": `<w:footnotes>${paragraph("Una nota al pie.")}</w:footnotes>`,
  });

export const odt = (manifest = ""): Uint8Array =>
  zip({
    mimetype: "application/vnd.oasis.opendocument.text",
    "META-INF/manifest.xml": `<manifest>${manifest}</manifest>`,
    "content.xml":
      '<office:text><text:h text:outline-level="1">Recetas</text:h>' +
      '<text:p>Medio<text:s text:c="2"/>kilo de <text:span>harina</text:span>.</text:p>' +
      "<text:list><text:list-item><text:p>Sal</text:p></text:list-item></text:list>" +
      "<table:table><table:table-row><table:table-cell><text:p>Horno</text:p></table:table-cell>" +
      "<table:table-cell><text:p>180 °C</text:p></table:table-cell></table:table-row></table:table>" +
      "</office:text>",
  });

export const pptx = (): Uint8Array => {
  const slide = (...lines: string[]) =>
    `<p:sld>${lines.map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`).join("")}</p:sld>`;
  return zip({
    "ppt/presentation.xml": '<p:sldIdLst><p:sldId r:id="r2"/><p:sldId r:id="r1"/></p:sldIdLst>',
    "ppt/_rels/presentation.xml.rels":
      '<Relationships><Relationship Id="r1" Target="slides/slide1.xml"/>' +
      '<Relationship Id="r2" Target="slides/slide2.xml"/></Relationships>',
    "ppt/slides/slide1.xml": slide("Ventas", "Subieron un 7 %"),
    "ppt/slides/slide2.xml": slide("Portada"),
    "ppt/slides/_rels/slide1.xml.rels":
      '<Relationships><Relationship Id="n" Target="../notesSlides/notesSlide1.xml"/></Relationships>',
    "ppt/notesSlides/notesSlide1.xml": slide("Decir por qué", "2"),
  });
};

export const xlsx = (): Uint8Array =>
  zip({
    "xl/workbook.xml": '<sheets><sheet name="Ventas" r:id="r1"/></sheets>',
    "xl/_rels/workbook.xml.rels":
      '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/sharedStrings.xml":
      "<sst><si><t>Ciudad</t></si><si><t>Alta</t></si><si><t>Importe</t></si>" +
      "<si><r><t>Vi</t></r><r><t>go</t></r></si></sst>",
    "xl/styles.xml":
      '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml":
      '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>' +
      '<c r="C1" t="s"><v>2</v></c></row><row r="2"><c r="A2" t="s"><v>3</v></c>' +
      '<c r="B2" s="1"><v>45292</v></c><c r="C2"><v>0.30000000000000004</v></c></row></sheetData>',
  });

export const epub = (): Uint8Array =>
  zip({
    mimetype: "application/epub+zip",
    "META-INF/container.xml": '<container><rootfile full-path="OPS/book.opf"/></container>',
    "OPS/book.opf":
      '<package><manifest><item id="b" href="two.xhtml"/><item id="a" href="one.xhtml"/></manifest>' +
      '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
    "OPS/one.xhtml": "<html><body><h1>Primero</h1><p>Un lugar de la Mancha.</p></body></html>",
    "OPS/two.xhtml": "<html><body><h1>Segundo</h1><p>De cuyo nombre.</p></body></html>",
  });

/** A PDF of so many pages, each with its text; a page without one has nothing but white. */
export function pdf(pages: readonly (readonly string[])[], trailer = ""): Uint8Array {
  const objects: string[] = ["<< /Type /Catalog /Pages 2 0 R >>"];
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  objects.push(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  for (const [index, lines] of pages.entries()) {
    objects.push(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>" +
        ` /Contents ${5 + 2 * index} 0 R >>`,
    );
    const written = lines.map((line) => `(${line.replace(/[()\\]/g, "\\$&")}) Tj T*`).join("\n");
    const content = `BT /F1 12 Tf 14 TL 60 780 Td\n${written}\nET`;
    objects.push(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  return assembled(objects, trailer);
}

/** Pages as a scanner makes them: an image each. @param bits of a pixel: a page in black and white has 1 */
export function scan(pages: readonly Grey[], bits: 1 | 8 = 8): Uint8Array {
  const objects: string[] = ["<< /Type /Catalog /Pages 2 0 R >>"];
  const kids = pages.map((_, index) => `${3 + 3 * index} 0 R`).join(" ");
  objects.push(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  for (const [index, { width, height, pixels }] of pages.entries()) {
    const at = 3 + 3 * index;
    const data = Buffer.from(bits === 8 ? pixels : packed({ width, height, pixels }));
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${at + 1} 0 R ` +
        `/Resources << /XObject << /Im ${at + 2} 0 R >> >> >>`,
      "<< /Length 32 >>\nstream\nq 500 0 0 700 40 70 cm /Im Do Q \nendstream",
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} ` +
        `/ColorSpace /DeviceGray /BitsPerComponent ${bits} /Length ${data.length} >>\n` +
        `stream\n${data.toString("latin1")}\nendstream`,
    );
  }
  return assembled(objects);
}

/** Eight pixels a byte, the left one highest, white as 1. */
export function packed({ width, height, pixels }: Grey): Uint8Array {
  const across = Math.ceil(width / 8);
  const bytes = new Uint8Array(across * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if ((pixels[y * width + x] ?? 0) > 127)
        bytes[y * across + (x >> 3)] = (bytes[y * across + (x >> 3)] ?? 0) | (128 >> (x & 7));
  return bytes;
}

function assembled(objects: readonly string[], trailer = ""): Uint8Array {
  let file = "%PDF-1.4\n";
  const places: number[] = [];
  for (const [index, object] of objects.entries()) {
    places.push(file.length);
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const end = `<< /Size ${size} /Root 1 0 R ${trailer}>>\nstartxref\n${file.length}\n%%EOF`;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n${end}`;
  return new Uint8Array(Buffer.from(file, "latin1"));
}
