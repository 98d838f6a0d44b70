/** Presentations and books: files of many small ones, in the order that they say. */
import { outlineOf } from "./html.ts";
import { facts, Outline, type Reader, tidy, Unreadable } from "./sections.ts";
import { readXml } from "./xml.ts";
import { Archive } from "./zip.ts";

export const pptx: Reader = (bytes, reading) => {
  const archive = new Archive(bytes);
  const slides = slidesOf(archive);
  let cut = false;
  for (const [index, path] of slides.entries()) {
    const [title = "", ...lines] = linesOf(archive.text(path) ?? "");
    const notes = notesOf(archive, path);
    const body = [title, ...lines, ...(notes.length > 0 ? ["", ...notes] : [])];
    const text = tidy(body.join("\n"));
    const headings = title.trim() !== "" && { headings: [title.trim().slice(0, 200)] };
    if (text !== "") cut = !reading.section({ place: { slide: index + 1, ...headings }, text });
    reading.progress(index + 1, slides.length);
    if (cut) break;
  }
  return facts({ pages: slides.length, cut });
};

/** In the order in which they are shown, which their numbers need not be. */
function slidesOf(archive: Archive): readonly string[] {
  const main = archive.text("ppt/presentation.xml");
  if (main === undefined) throw new Unreadable("file_broken");
  const targets = relations(archive.text("ppt/_rels/presentation.xml.rels") ?? "");
  const paths: string[] = [];
  readXml(main, {
    open(name, attributes) {
      const target = name === "p:sldId" && targets.get(attributes["r:id"] ?? "");
      if (target) paths.push(within("ppt/", target));
    },
  });
  return paths;
}

export function relations(source: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  readXml(source, {
    open(name, { Id, Target }) {
      if (name === "Relationship" && Id && Target) targets.set(Id, Target);
    },
  });
  return targets;
}

/** The name of an entry that another one in this folder points to. */
export function within(folder: string, target: string): string {
  if (target.startsWith("/")) return target.slice(1);
  const parts = folder.split("/").filter(Boolean);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function linesOf(source: string): string[] {
  const lines: string[] = [];
  let line = "";
  let text = false;
  readXml(source, {
    open(name) {
      if (name === "a:p") line = "";
      if (name === "a:t") text = true;
      if (name === "a:br") line += "\n";
    },
    text(data) {
      if (text) line += data;
    },
    close(name) {
      if (name === "a:t") text = false;
      if (name === "a:p" && line.trim() !== "") lines.push(line);
    },
  });
  return lines;
}

function notesOf(archive: Archive, slide: string): string[] {
  const [folder, name] = [slide.slice(0, slide.lastIndexOf("/")), slide.split("/").at(-1) ?? ""];
  const targets = relations(archive.text(`${folder}/_rels/${name}.rels`) ?? "");
  const notes = [...targets.values()].find((target) => target.includes("notesSlide"));
  // The last line of a page of notes is the number of the slide.
  return notes
    ? linesOf(archive.text(within(folder, notes)) ?? "").filter((l) => !/^\d+$/.test(l))
    : [];
}

export const epub: Reader = (bytes, reading) => {
  const archive = new Archive(bytes);
  if (archive.names.has("META-INF/encryption.xml") && archive.names.has("META-INF/rights.xml"))
    throw new Unreadable("file_encrypted");
  let root = "";
  readXml(archive.text("META-INF/container.xml") ?? "", {
    open(name, attributes) {
      if (name === "rootfile") root ||= attributes["full-path"] ?? "";
    },
  });
  const book = archive.text(root);
  if (book === undefined) throw new Unreadable("file_broken");
  const folder = root.slice(0, root.lastIndexOf("/") + 1);
  const items = new Map<string, string>();
  const spine: string[] = [];
  readXml(book, {
    open(name, attributes) {
      const plain = name.replace(/^.*:/, "");
      if (plain === "item" && attributes.id && attributes.href)
        items.set(attributes.id, attributes.href);
      if (plain === "itemref" && attributes.idref) spine.push(attributes.idref);
    },
  });
  const outline = new Outline(reading);
  for (const [index, id] of spine.entries()) {
    const href = items.get(id)?.replace(/#.*$/, "");
    const chapter = href === undefined ? undefined : archive.text(within(folder, decodeURI(href)));
    if (chapter !== undefined) outlineOf(chapter, outline);
    reading.progress(index + 1, spine.length);
    if (outline.enough) break;
  }
  return facts({ cut: outline.enough });
};
