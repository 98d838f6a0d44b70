/**
 * A line of code in colours: strings, comments, numbers, and the words that most languages share. Line
 * by line and without a grammar, so what spans lines is not known for it.
 */
import type { Paint } from "./colours.ts";

const KEYWORDS = new Set(
  `abstract and as async await begin bool boolean break by case catch char class const continue create
  def default defer delete do done double echo elif else end enum esac except export extends extern
  false fi final finally float fn for foreach from func function global go goto group if impl
  implements import in include insert instanceof int integer interface into is join lambda let limit
  local long loop match mod module move mut namespace new nil none not null of on or order package pass
  priv private protected pub public raise return select self set short static string struct super
  switch table template then this throw true try type typedef typeof undef union unless unsafe until
  update use using val values var void where while with yield`.split(/\s+/),
);
/** Languages by what begins their comments; in all others it is a slash. */
const HASH =
  "bash conf dockerfile elixir ini julia makefile perl php py python r rb ruby sh shell toml yaml yml zsh";
const DASHES = "ada elm haskell hs lua plsql psql sql";
const STRING = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/.source;
const REST = String.raw`\b\d[\w.]*\b|[A-Za-z_]\w*`;

/** @param language as it stands behind the fence: "python"; may be empty */
export function paintCode(line: string, language: string, paint: Paint): string {
  if (language === "diff") return paintDiff(line, paint);
  const tokens = new RegExp(`(${commentOf(language)})|(${STRING})|${REST}`, "g");
  return line.replace(tokens, (token, remark, string) => {
    if (remark) return paint("gray", token);
    if (string) return paint("green", token);
    if (/^\d/.test(token)) return paint("yellow", token);
    return KEYWORDS.has(token.toLowerCase()) ? paint("magenta", token) : token;
  });
}

function commentOf(language: string): string {
  if (language === "") return "$^"; // nothing: it may be anything
  if (HASH.split(" ").includes(language)) return "#.*";
  return DASHES.split(" ").includes(language) ? "--.*" : String.raw`//.*|/\*.*?\*/`;
}

function paintDiff(line: string, paint: Paint): string {
  if (line.startsWith("@@")) return paint("cyan", line);
  const format = { "+": "green", "-": "red" } as const;
  const mark = line[0] as "+" | "-";
  return format[mark] ? paint(format[mark], line) : line;
}
