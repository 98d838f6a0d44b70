/** KaTeX with its styles and fonts, as a part of its own. */
import { createMathPlugin } from "@streamdown/math";
import "katex/dist/katex.min.css";

export const math = createMathPlugin({ errorColor: "var(--color-bad)" });
