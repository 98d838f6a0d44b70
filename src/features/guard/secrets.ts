/**
 * Secrets that stand in a system prompt, found by how keys and passwords look. A pattern is a
 * beginning, the characters that may follow and how many: whatever an organisation adds is found in
 * one pass over the text, and no pattern can be slow.
 * Sources: the key formats' own documentation; RFC 7519 (JWT); RFC 7468 (PEM).
 */
import * as z from "zod";

/** A-F between two letters or digits is a range; every other character stands for itself. */
const characters = z.string().min(1).max(100);

export const secretPattern = z
  .strictObject({
    /** For people who read the policy. */
    name: z.string().min(1).max(100),
    prefix: z.string().min(2).max(100),
    characters: characters.default("A-Za-z0-9_-"),
    min: z.int().min(4).max(1000).default(8),
    max: z.int().min(4).max(10_000).default(500),
  })
  .refine(({ min, max }) => min <= max, "min is more than max");
export type SecretPattern = z.output<typeof secretPattern>;

const WORD = "A-Za-z0-9_-";
const known = (name: string, prefix: string, min: number, allowed = WORD): SecretPattern => ({
  ...{ name, prefix, characters: allowed, min },
  max: 10_000,
});

const KNOWN: readonly SecretPattern[] = [
  known("OpenAI, Anthropic and others", "sk-", 16),
  known("Stripe", "sk_live_", 16),
  known("Stripe, restricted", "rk_live_", 16),
  known("GitHub", "ghp_", 20),
  known("GitHub, OAuth", "gho_", 20),
  known("GitHub, app", "ghs_", 20),
  known("GitHub, fine-grained", "github_pat_", 20),
  known("GitLab", "glpat-", 16),
  known("AWS access key", "AKIA", 16, "A-Z0-9"),
  known("AWS session key", "ASIA", 16, "A-Z0-9"),
  known("Google", "AIza", 30),
  known("Google OAuth", "ya29.", 20),
  known("Slack", "xoxb-", 16),
  known("Slack, user", "xoxp-", 16),
  known("Slack, app", "xapp-", 16),
  known("Hugging Face", "hf_", 20),
  known("npm", "npm_", 20),
  known("PyPI", "pypi-", 20),
  known("SendGrid", "SG.", 30, `${WORD}.`),
  known("DigitalOcean", "dop_v1_", 30),
  known("JSON Web Token", "eyJ", 30, `${WORD}.`),
  known("bearer token", "Bearer ", 16, `${WORD}.~+/=`),
];

const PEM = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----([A-Za-z0-9+/=\s]{16,20000})/g;
/** "password: x", "la contraseña es x": what follows the word, if it has letters and more than them. */
const LABEL =
  /\b(?:pass(?:word|phrase|code)?|contraseña|clave|pin|token|secret|secreto|api[ _-]?key|credential|código)\b(?:[^\S\n][\p{L}\d]{1,20}){0,4}?[^\S\n]{0,3}(?:is|es|was|:|=|->)[^\S\n]{0,3}["'`«“]?([^\s"'`»”]{6,200})/giu;
const MIXED = /(?=.{0,200}\d)|(?=.{0,200}[^\p{L}\d.,;:!?)])/u;

/** Secrets as they stand in the text, each once. */
export function findSecrets(text: string, own: readonly SecretPattern[]): readonly string[] {
  const found = new Set<string>();
  for (const pattern of [...KNOWN, ...own]) {
    const allowed = allowedBy(pattern.characters);
    let from = 0;
    for (;;) {
      const at = text.indexOf(pattern.prefix, from);
      if (at < 0) break;
      const begin = at + pattern.prefix.length;
      let end = begin;
      while (end < text.length && end - begin < pattern.max && allowed.has(text[end] as string)) {
        end++;
      }
      if (end - begin >= pattern.min) found.add(text.slice(at, end));
      from = Math.max(end, at + 1);
    }
  }
  for (const [, body = ""] of text.matchAll(PEM)) found.add(body.trim());
  for (const [, value = ""] of text.matchAll(LABEL)) {
    const bare = value.replace(/[.,;:!?)]{1,3}$/, "");
    if (bare.length >= 6 && MIXED.test(bare)) found.add(bare);
  }
  return [...found];
}

function allowedBy(characters: string): ReadonlySet<string> {
  const allowed = new Set<string>();
  const rest = characters.replace(/([A-Za-z0-9])-([A-Za-z0-9])/g, (_, first, last) => {
    for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code++) {
      allowed.add(String.fromCharCode(code));
    }
    return "";
  });
  for (const char of rest) allowed.add(char);
  return allowed;
}

/** The ways to write a short secret that a program undoes in one step. */
export function disguises(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const reversed = [...secret].reverse().join("");
  // A part of a longer base64 text begins at any of three places within its groups of three bytes.
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // The first and last characters mix with their neighbours.
    return shifted.replace(/=+$/, "").slice(shift === 0 ? 0 : shift + 1, -1);
  });
  return [
    secret,
    reversed,
    rot13(secret),
    bytes.toString("hex"),
    encodeURIComponent(secret),
  ].concat(base64);
}

export function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (char) => {
    const base = char < "a" ? 65 : 97;
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base);
  });
}
