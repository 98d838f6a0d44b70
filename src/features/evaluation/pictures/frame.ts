/**
 * What all pictures share: SVG that follows the reader's colours, has no background, and says in words
 * what it shows. Scales and ticks are d3-scale's; it writes no marks, and needs no page.
 */
import type { Language } from "../../../locales/index.ts";

export const WIDTH = 760;
/** Of a line of text, in pixels. */
export const LINE = 22;

/** Blue, orange, green, purple, red, grey: apart from each other also for who sees no red or no green. */
const LIGHT = ["#1f6feb", "#bc4c00", "#1a7f37", "#8250df", "#cf222e", "#59636e"];
const DARK = ["#58a6ff", "#f0883e", "#3fb950", "#bc8cff", "#ff7b72", "#9198a1"];
export const COLOURS = LIGHT.length;

const coloured = (colours: readonly string[]) =>
  colours
    .map((colour, at) => `.c${at} { fill: ${colour}; } .l${at} { stroke: ${colour}; }`)
    .join(" ");

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .quiet { fill: #59636e; }
  .letter { fill: #ffffff; font-weight: 600; font-size: 12px; }
  .axis { stroke: #d1d9e0; }
  .whisker { stroke: #1f2328; stroke-width: 1.5; }
  .line { fill: none; stroke-width: 2; }
  ${coloured(LIGHT)}
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .letter { fill: #0d1117; }
    .axis { stroke: #3d444d; }
    .whisker { stroke: #f0f6fc; }
    ${coloured(DARK)}
  }`;

export const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const unescaped = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&gt;", ">")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");

/** What a picture says of itself: its title, and all that it shows in words. */
export function saidBy(svg: string): { readonly title: string; readonly says: string } {
  const [, title = ""] = /<title id="title">(.*?)<\/title>/s.exec(svg) ?? [];
  const [, says = ""] = /<desc id="says">(.*?)<\/desc>/s.exec(svg) ?? [];
  return { title: unescaped(title), says: unescaped(says) };
}

export const at = (value: number): string => value.toFixed(1);

export const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${at(x)}" y="${at(y)}" ${attributes}>${escaped(content)}</text>`;

type Point = readonly [x: number, y: number];
export const line = ([x1, y1]: Point, [x2, y2]: Point, kind: string): string =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;

export interface Words {
  readonly title: string;
  /** Under the title: what is counted, and which way is better. */
  readonly hint: string;
  /** All that the picture shows, in words, for who cannot see it. */
  readonly says: string;
  readonly language: Language;
}

export function picture(words: Words, height: number, parts: readonly string[]): string {
  const { title, hint, says, language } = words;
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" ` +
    `width="${WIDTH}" height="${Math.ceil(height)}" role="img" lang="${language}" ` +
    `aria-labelledby="title says">`;
  return [
    head,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="says">${escaped(says)}</desc>`,
    `<style>${STYLE}\n</style>`,
    text(0, 18, title, 'class="title"'),
    text(0, 38, hint, 'class="quiet"'),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** About how wide a text is, in pixels: nothing here can measure it. */
export const widthOf = (content: string): number => content.length * 7.2;
