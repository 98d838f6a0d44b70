/**
 * Secrets that say what they are by how they begin, or that follow a word which says so. Sources:
 * RFC 7519 (JWT), RFC 7468 (PEM), and the forms that the services publish for secret scanning.
 */
import { matches, type Recogniser } from "./view.ts";

const BEGINNINGS = [
  "sk-[A-Za-z0-9_-]{20,200}", // OpenAI, Anthropic, OpenRouter
  "(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,200}", // Stripe
  "whsec_[A-Za-z0-9]{24,100}",
  "(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}", // AWS
  "gh[pousr]_[A-Za-z0-9]{36,255}", // GitHub
  "github_pat_[A-Za-z0-9_]{22,255}",
  "glpat-[A-Za-z0-9_-]{20,100}", // GitLab
  "xox[abeoprs]-[A-Za-z0-9-]{10,200}", // Slack
  "AIza[A-Za-z0-9_-]{35}", // Google
  "GOCSPX-[A-Za-z0-9_-]{28}",
  "npm_[A-Za-z0-9]{36}",
  "pypi-[A-Za-z0-9_-]{50,300}",
  "hf_[A-Za-z0-9]{30,60}",
  "SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}", // SendGrid
  "dop_v1_[a-f0-9]{64}",
  "eyJ[A-Za-z0-9_-]{8,4000}\\.eyJ[A-Za-z0-9_-]{4,8000}\\.[A-Za-z0-9_-]{10,2000}", // JWT
];
const TOKEN = new RegExp(`(?<![A-Za-z0-9_-])(?:${BEGINNINGS.join("|")})(?![A-Za-z0-9_-])`, "g");

const PEM =
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----[^\uFFFC-]{0,40000}(?:-----END [A-Z0-9 ]{0,60}-----)?/g;

/** The name of a secret, what sets it, and what it is: eight characters or more, with a letter and a digit. */
const NAMED =
  /(?<![A-Za-z0-9])(?:pass(?:word|wd|phrase)?|pwd|contrasena|clave|secret(?:[_-]?(?:access[_-]?)?key)?|api[_-]?key|access[_-]?key|(?:access|auth|api|bearer)[_-]?token|token|bearer)["']?(?: ?(?::|=|:=|=>) ?| (?:es|is):? |(?<=[Bb]earer) )["']?([^\s"',;<>\uFFFC]{8,256})/gi;
/** Characters of the name with what sets it. */
const LONGEST_NAME = 40;
const IN_ADDRESS = /(?<=:\/\/[^\s:@/\uFFFC]{1,64}:)[^\s:@/\uFFFC]{3,128}(?=@[A-Za-z0-9])/g;

export const secret: Recogniser = function* (view) {
  yield* matches(view, TOKEN, () => "secret");
  yield* matches(view, PEM, () => "secret");
  yield* matches(view, IN_ADDRESS, () => "secret");
  // The name may be a plain word, which stands before the island.
  const wider = { ...view, begin: Math.max(0, view.begin - LONGEST_NAME) };
  for (const { start, end } of matches(wider, NAMED, () => "secret")) {
    const whole = view.text.slice(start, end);
    const value = (VALUE.exec(whole)?.[0] ?? "").replace(/[.)\]}]+$/, "");
    const from = start + whole.lastIndexOf(value);
    const mixed = value.length >= 8 && /\d/.test(value) && /[A-Za-z]/.test(value);
    if (!mixed || CODE.test(value) || from < view.begin) continue;
    yield { kind: "secret", start: from, end: from + value.length };
  }
};

/** What reads a secret from elsewhere is none: "response.data[0]", "getToken1(". */
const CODE = /^[A-Za-z_$][A-Za-z0-9_$]{0,60}(?:\.[A-Za-z_$]|\[|\()|^\$\{|^<|^\*/;
const VALUE = /[^\s"',;<>\uFFFC]{8,256}$/;
