/**
 * Formulas between `$ $`, `$$ $$`, `\( \)` and `\[ \]`, as an extension of the Markdown parser: it
 * knows what is code, where no formula begins. What does not look like one stays text.
 *
 * A construct reads one code after the other: a unit of UTF-16, below -2 the end of a line, other
 * negative numbers for tabs, null at the end. Source: github.com/micromark/micromark#extensions.
 */
import type { Node } from "./hast.ts";
import { isFormula, type Mark, opensFormula } from "./isFormula.ts";

type Code = number | null;
type State = (code: Code) => State | undefined;

/** What is ours of it travels to where the tree is made. */
interface Token {
  tex?: string;
  display?: boolean;
  /** What follows in the line that closes a formula of several. */
  tail?: string;
}

interface Effects {
  enter(type: string): Token;
  exit(type: string): Token;
  consume(code: Code): void;
  attempt(construct: Construct, ok: State, nok: State): State;
}

interface Tokenizing {
  readonly previous: Code;
  readonly interrupt?: boolean;
  readonly parser: { readonly lazy: Readonly<Record<number, boolean>> };
  now(): { readonly line: number };
}

interface Construct {
  readonly tokenize: (this: Tokenizing, effects: Effects, ok: State, nok: State) => State;
  readonly concrete?: boolean;
  readonly partial?: boolean;
}

const BACKSLASH = 92;
const DOLLAR = 36;
const isLineEnd = (code: Code): boolean => code !== null && code < -2;
/** "" at the end of the text. */
const charOf = (code: Code): string =>
  code === null ? "" : code < 0 ? " " : String.fromCharCode(code);

const MARKS: readonly Mark[] = ["\\(", "\\["];
const CLOSING: Record<string, string> = { "\\(": "\\)", "\\[": "\\]", $$: "$$", $: "$" };

/** Within a text. Those that are displayed may go over several lines. */
const inText: Construct = {
  tokenize(effects, ok, nok) {
    const before = charOf(this.previous);
    const token = effects.enter("formula");
    effects.enter("formulaLine");
    let mark = "";
    let tex = "";

    const opening: State = (code) => {
      const next = mark + charOf(code);
      if (code === null) return nok(code);
      if (next === "$" || next === "\\" || next === "$$" || MARKS.includes(next as Mark)) {
        effects.consume(code);
        mark = next;
        return mark.length === 2 ? inside : opening;
      }
      return mark === "$" && !/\w/.test(before) ? inside(code) : nok(code);
    };

    const inside: State = (code) => {
      if (code === null) return nok(code);
      if (isLineEnd(code)) {
        if (mark === "$" || mark === "\\(") return nok(code);
        tex += "\n";
        effects.exit("formulaLine");
        effects.enter("lineEnding");
        effects.consume(code);
        effects.exit("lineEnding");
        effects.enter("formulaLine");
        return inside;
      }
      tex += charOf(code);
      effects.consume(code);
      if (code === BACKSLASH) return escaped;
      return code === DOLLAR ? ended(inside) : inside;
    };

    /** A backslash and what follows belong together: `\\]` and `\$` end nothing. */
    const escaped: State = (code) => {
      if (code === null || isLineEnd(code)) return inside(code);
      // None within another of its kind, so that nothing is looked through twice.
      if (`\\${charOf(code)}` === mark) return nok(code);
      tex += charOf(code);
      effects.consume(code);
      return ended(inside);
    };

    const ended = (otherwise: State): State => {
      const closing = CLOSING[mark] ?? "";
      if (!tex.endsWith(closing) || (closing === "$$" && tex.length < 3)) return otherwise;
      return (code) => {
        tex = tex.slice(0, -closing.length);
        if (!isFormula(tex, mark as Mark, charOf(code))) return nok(code);
        Object.assign(token, { tex: tex.trim(), display: mark === "$$" || mark === "\\[" });
        effects.exit("formulaLine");
        effects.exit("formula");
        return ok(code);
      };
    };

    return (code) => {
      // A dollar after a dollar was tried with it; a bracket in a bracket is the text of a link.
      const again = before === "$" || (before === "[" && code === BACKSLASH);
      return again ? nok(code) : opening(code);
    };
  },
};

/** To the next line of the same block. */
const nextLine: Construct = {
  partial: true,
  tokenize(effects, ok, nok) {
    return (code) => {
      if (code === null) return nok(code);
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      return (first) => (this.parser.lazy[this.now().line] ? nok(first) : ok(first));
    };
  },
};

/** From a line that begins with the mark to one that closes it, or to the end of the block. */
const inFlow: Construct = {
  concrete: true,
  tokenize(effects, ok, nok) {
    const lines: string[] = [];
    let line = "";
    let mark = "";
    let closed = false;
    let inLine = true;
    const token = effects.enter("formulaFlow");
    effects.enter("formulaLine");

    const opening: State = (code) => {
      const next = mark + charOf(code);
      if (code === null || !/^(?:\$\$?|\\\[?)$/.test(next)) return nok(code);
      effects.consume(code);
      mark = next;
      return mark.length === 2 ? firstLine : opening;
    };

    const firstLine: State = (code) => {
      if (code !== null && !isLineEnd(code)) return read(code, firstLine);
      if (code === null || !opensFormula(mark + line)) return nok(code);
      return this.interrupt ? ok(code) : lineEnd(code);
    };

    const inside: State = (code) =>
      code === null || isLineEnd(code) ? lineEnd(code) : read(code, inside);

    const read = (code: Code, then: State): State => {
      line += charOf(code);
      effects.consume(code);
      return then;
    };

    const lineEnd: State = (code) => {
      if (inLine) effects.exit("formulaLine");
      lines.push(line);
      closed = lines.length > 1 && line.includes(CLOSING[mark] ?? "");
      line = "";
      return closed ? end(code) : effects.attempt(nextLine, nextBegins, end)(code);
    };

    const nextBegins: State = (code) => {
      inLine = code !== null && !isLineEnd(code);
      if (inLine) effects.enter("formulaLine");
      return inside(code);
    };

    const end: State = (code) => {
      const [last = "", ...tail] = closed ? (lines.pop() ?? "").split(CLOSING[mark] ?? "") : [];
      token.tex = [...lines, last].join("\n").trim();
      token.tail = tail.join(CLOSING[mark]);
      effects.exit("formulaFlow");
      return ok(code);
    };
    return opening;
  },
};

/** The elements that they become, which `Rendered.tsx` shows as it shows a fence of TeX. */
const codeOf = (tex: string, display: boolean): Node => ({
  type: "element",
  tagName: "code",
  properties: { className: ["language-math", display ? "math-display" : "math-inline"] },
  children: [{ type: "text", value: tex }],
});

interface Compiling {
  enter(node: Node, token: Token): void;
  exit(token: Token): void;
}

function enterText(this: Compiling, token: Token): void {
  const { tagName, properties, children } = codeOf(token.tex ?? "", token.display ?? false);
  const data = { hName: tagName, hProperties: properties, hChildren: children };
  this.enter({ type: "formula", data }, token);
}

function enterFlow(this: Compiling, token: Token): void {
  const code = codeOf((token.tex ?? "") + (endsIn(token) ?? ""), true);
  this.enter({ type: "formula", data: { hName: "pre", hChildren: [code] } }, token);
}

/** Punctuation belongs to the formula, as in print; undefined for a sentence that goes on. */
const endsIn = ({ tail = "" }: Token) => /^\s*([.,;:!?]?)\s*$/.exec(tail)?.[1];

function exit(this: Compiling, token: Token): void {
  this.exit(token);
}

function exitFlow(this: Compiling, token: Token): void {
  this.exit(token);
  if (endsIn(token) !== undefined) return;
  const text = { type: "text", value: token.tail?.trim() ?? "" };
  this.enter({ type: "paragraph", children: [text] }, token);
  this.exit(token);
}

interface Processor {
  data(): Record<string, unknown[] | undefined>;
}

/** For unified, before what makes HTML of the tree. */
export function formulas(this: unknown): void {
  const data = (this as Processor).data();
  const add = (name: string, extension: object) => {
    data[name] = [...(data[name] ?? []), extension];
  };
  add("micromarkExtensions", {
    text: { [BACKSLASH]: inText, [DOLLAR]: inText },
    flow: { [BACKSLASH]: inFlow, [DOLLAR]: inFlow },
  });
  add("fromMarkdownExtensions", {
    enter: { formula: enterText, formulaFlow: enterFlow },
    exit: { formula: exit, formulaFlow: exitFlow },
  });
}
