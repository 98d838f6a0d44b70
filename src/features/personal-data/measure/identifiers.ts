/**
 * Makes identifiers with check digits of its own. Nothing here is shared with the recognisers: the
 * same rules are written down a second time, from the sources and in another way, so that a mistake
 * in one shows against the other.
 */
import type { Random } from "./random.ts";

type Make = (random: Random) => string;

const DNI_TABLE = "T R W A G M Y F P D X B N J Z S Q V H L C K E".split(" ");
const letterFor = (number: number) => DNI_TABLE[number - 23 * Math.floor(number / 23)] as string;

export const dni: Make = (random) => {
  const number = random.int(1_000_000, 99_999_999);
  const eight = String(number).padStart(8, "0");
  const letter = letterFor(number);
  const dotted = `${eight.slice(0, 2)}.${eight.slice(2, 5)}.${eight.slice(5)}`;
  return random.pick([
    `${eight}${letter}`,
    `${eight}-${letter}`,
    `${dotted}-${letter}`,
    `${eight} ${letter}`,
    `${dotted}${letter}`,
  ]);
};

export const nie: Make = (random) => {
  const lead = random.int(0, 2);
  const rest = random.digits(7);
  const letter = letterFor(lead * 10_000_000 + Number(rest));
  const first = ["X", "Y", "Z"][lead] as string;
  return random.pick([
    `${first}${rest}${letter}`,
    `${first}-${rest}-${letter}`,
    `${first} ${rest} ${letter}`,
    `${first}-${rest}${letter}`,
  ]);
};

export const cif: Make = (random) => {
  const kind = random.pick([..."ABEHCDFGJUVNPQRSW"]);
  const number = random.int(1, 52).toString().padStart(2, "0") + random.digits(5);
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  let sum = 0;
  for (let at = 0; at < 7; at++) {
    const digit = Number(number.charAt(at));
    sum += at % 2 ? digit : (doubled[digit] as number);
  }
  const control = sum % 10 === 0 ? 0 : 10 - (sum % 10);
  const letter = "JABCDEFGHI".charAt(control);
  const last = "NPQRSW".includes(kind)
    ? letter
    : "ABEH".includes(kind)
      ? String(control)
      : random.pick([letter, String(control)]);
  return random.pick([
    `${kind}${number}${last}`,
    `${kind}-${number}${last}`,
    `${kind}-${number}-${last}`,
  ]);
};

export const nss: Make = (random) => {
  const province = random.int(1, 52);
  const serial = random.int(10_000_000, 99_999_999);
  const control = ((province * 1e8 + serial) % 97).toString().padStart(2, "0");
  const two = String(province).padStart(2, "0");
  return random.pick([
    `${two}${serial}${control}`,
    `${two}/${serial}/${control}`,
    `${two} ${serial} ${control}`,
    `${two}-${serial}-${control}`,
    `${two} ${serial}${control}`,
  ]);
};

/** The remainder by 97 of digits too many for a number, seven at a time. */
function rest97(digits: string): number {
  let rest = "";
  for (let at = 0; at < digits.length; at += 7)
    rest = String(Number(rest + digits.slice(at, at + 7)) % 97);
  return Number(rest);
}

const asNumbers = (text: string) =>
  text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));

export const iban: Make = (random) => {
  const [country, account] = random.pick(ACCOUNTS)(random);
  const check = String(98 - rest97(asNumbers(`${account}${country}00`))).padStart(2, "0");
  const plain = country + check + account;
  const fours = plain.match(/.{1,4}/g) ?? [];
  return random.pick([
    plain,
    fours.join(" "),
    fours.join(" "),
    fours.join("-"),
    plain.toLowerCase(),
  ]);
};

const ACCOUNTS: readonly ((random: Random) => readonly [string, string])[] = [
  spanish,
  spanish,
  spanish,
  (random) => ["DE", random.digits(18)],
  (random) => ["GB", random.pick(["BARC", "LOYD", "NWBK"]) + random.digits(14)],
  (random) => ["IE", `AIBK${random.digits(14)}`],
  (random) => ["AT", random.digits(16)],
  (random) => ["LU", random.digits(16)],
  french,
];

function spanish(random: Random): readonly [string, string] {
  const [bank, account] = [random.digits(8), random.digits(10)];
  const weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
  const control = (ten: string) => {
    const sum = weights.reduce((all, weight, at) => all + weight * Number(ten[at]), 0);
    const rest = 11 - (sum % 11);
    return rest === 10 ? 1 : rest === 11 ? 0 : rest;
  };
  return ["ES", `${bank}${control(`00${bank}`)}${control(account)}${account}`];
}

function french(random: Random): readonly [string, string] {
  const [bank, branch, account] = [random.digits(5), random.digits(5), random.digits(11)];
  const sum = 89 * Number(bank) + 15 * Number(branch) + 3 * Number(account);
  return ["FR", bank + branch + account + String(97 - (sum % 97)).padStart(2, "0")];
}

/** Parts of these sizes, one after the other. */
function cut(text: string, sizes: readonly number[]): string[] {
  const ends = sizes.map((_, at) => sizes.slice(0, at + 1).reduce((sum, size) => sum + size, 0));
  return sizes.map((size, at) => text.slice((ends[at] as number) - size, ends[at]));
}

export const card: Make = (random) => {
  const [prefix, length, groups] = random.pick([
    ["4", 16, [4, 4, 4, 4]],
    ["51", 16, [4, 4, 4, 4]],
    ["55", 16, [4, 4, 4, 4]],
    ["2300", 16, [4, 4, 4, 4]],
    ["34", 15, [4, 6, 5]],
    ["37", 15, [4, 6, 5]],
    ["6011", 16, [4, 4, 4, 4]],
    ["3530", 16, [4, 4, 4, 4]],
    ["36", 14, [4, 6, 4]],
  ] as const);
  const body = prefix + random.digits(length - prefix.length - 1);
  // Luhn from the left: which places are doubled follows from the length.
  const doubled = "0246813579";
  let sum = 0;
  [...body].forEach((digit, at) => {
    sum += Number((body.length - at) % 2 === 1 ? doubled[Number(digit)] : digit);
  });
  const plain = body + String((1000 - sum) % 10);
  const parts = cut(plain, groups);
  return random.pick([plain, parts.join(" "), parts.join(" "), parts.join("-")]);
};

export const phone: Make = (random) => {
  const nine = random.pick([
    `6${random.digits(8)}`,
    `6${random.digits(8)}`,
    `71${random.digits(7)}`,
    `91${random.digits(7)}`,
    `93${random.digits(7)}`,
    `95${random.digits(7)}`,
  ]);
  const shapes = [[9], [3, 3, 3], [3, 2, 2, 2], [3, 2, 2, 2], [2, 3, 2, 2]] as const;
  const grouped = (sizes: readonly number[], gap: string) => cut(nine, sizes).join(gap);
  const national = grouped(random.pick(shapes), random.pick([" ", " ", ".", "-"]));
  const d = (count: number) => random.digits(count);
  return random.pick([
    national,
    national,
    national,
    `+34 ${national}`,
    `+34${nine}`,
    `0034 ${national}`,
    `(+34) ${national}`,
    `+34-${national}`,
    `+44 20 7${random.int(1, 9)}${d(2)} ${d(4)}`,
    `+44 7${random.pick(["400", "800", "900"])} ${d(6)}`,
    `+33 6 ${random.int(10, 35)} ${d(2)} ${d(2)} ${d(2)}`,
    `+49 151 ${random.int(1, 9)}${d(7)}`,
    `+351 91${d(1)} ${d(3)} ${d(3)}`,
    `+1 212-${random.int(220, 999)}-${d(4)}`,
    `+1 (415) ${random.int(220, 999)}-${d(4)}`,
    `+39 33${random.pick(["3", "5", "8"])} ${d(3)} ${d(4)}`,
    `+52 55 ${random.int(1, 8)}${d(3)} ${d(4)}`,
  ]);
};

const LOCAL = [
  "ana",
  "luis",
  "m.garcia",
  "jose_luis",
  "info",
  "j.smith",
  "laura+compras",
  "contacto",
  "p-martin",
  "x.y.z",
  "begona90",
];
const DOMAIN = [
  "correo.es",
  "example.com",
  "mail.example.org",
  "empresa-sur.es",
  "uni.edu",
  "ayto.madrid.es",
  "acme.co.uk",
  "dominio.io",
];
export const email: Make = (random) => {
  const whole = `${random.pick(LOCAL)}${random.chance(0.5) ? random.int(1, 999) : ""}@${random.pick(DOMAIN)}`;
  return random.chance(0.15) ? whole.toUpperCase() : whole;
};

export const ip: Make = (random) => {
  const byte = () => random.int(1, 254);
  const hex = () => random.of("0123456789abcdef", random.int(2, 4)).replace(/^0+/, "1");
  return random.pick([
    `${random.int(11, 126)}.${byte()}.${byte()}.${byte()}`,
    `192.168.${byte()}.${byte()}`,
    `${random.int(128, 223)}.${byte()}.${byte()}.${byte()}`,
    `2001:db8:${hex()}::${hex()}:${hex()}`,
    Array.from({ length: 8 }, () => `2${hex().slice(0, 3)}`).join(":"),
    `fe80::${hex()}:${hex()}:1${hex().slice(0, 2)}`,
  ]);
};

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
export const secret: Make = (random) => {
  const a = (count: number) => random.of(ALPHANUMERIC, count);
  return random.pick([
    `sk-${a(48)}`,
    `sk-proj-${a(40)}`,
    `sk_live_${a(24)}`,
    `AKIA${random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}`,
    `ghp_${a(36)}`,
    `github_pat_${a(22)}_${a(40)}`,
    `glpat-${a(20)}`,
    `xoxb-${random.digits(11)}-${a(24)}`,
    `AIza${a(35)}`,
    `npm_${a(36)}`,
    `hf_${a(34)}`,
    `eyJ${a(17)}.eyJ${a(40)}.${a(43)}`,
    `-----BEGIN PRIVATE KEY-----\n${a(64)}\n${a(64)}\n${a(20)}==\n-----END PRIVATE KEY-----`,
  ]);
};

export const passport: Make = (random) =>
  random.of("ABCDEFGHJKLMNPQRSTUVWXYZ", 3) + random.digits(6);
export const plate: Make = (random) => {
  const gap = random.pick(["", " ", "-"]);
  return random.digits(4) + gap + random.of("BCDFGHJKLMNPRSTVWXYZ", 3);
};

export const health: Make = (random) => {
  for (;;) {
    const nine = random.digits(9);
    let weighted = 0;
    for (let at = 0; at < 9; at++) weighted += Number(nine[at]) * (10 - at);
    const check = (11 - (weighted % 11)) % 11;
    if (check < 10) return `${nine.slice(0, 3)} ${nine.slice(3, 6)} ${nine.slice(6)}${check}`;
  }
};
