/** KaTeX with its styles and fonts: large and seldom needed, so a part of its own. */
import katex from "katex";
import "katex/dist/katex.min.css";

/**
 * Draws a formula into an element. KaTeX makes the elements itself here; as a string of HTML its
 * styles would be attributes, which the page's policy forbids.
 *
 * @throws ParseError when it is not TeX
 */
export function draw(tex: string, display: boolean, element: HTMLElement): void {
  katex.render(tex, element, {
    displayMode: display,
    // Commands that link, load or style (\href, \includegraphics, \htmlStyle) stay off.
    trust: false,
    throwOnError: true,
    strict: "ignore",
    // In em: a formula must not cover the page.
    maxSize: 20,
  });
}
