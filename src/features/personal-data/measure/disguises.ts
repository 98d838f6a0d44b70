/** Other ways to write the same: what people paste from documents, and what hides on purpose. */
import type { Random } from "./random.ts";

interface Disguise {
  readonly name: string;
  readonly put: (value: string, random: Random) => string;
}

const wide = (value: string) =>
  value.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
const hidden = ["\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff"];

export const PLAIN: Disguise = { name: "as it is", put: (value) => value };

export const DISGUISES: readonly Disguise[] = [
  { name: "full width", put: wide },
  {
    name: "zero width",
    put: (value, random) =>
      [...value]
        .map((one, at) => (at > 0 && random.chance(0.25) ? random.pick(hidden) + one : one))
        .join(""),
  },
  {
    name: "no-break space",
    put: (value, random) => value.replaceAll(" ", random.pick(["\u00a0", "\u202f", "\u2009"])),
  },
  {
    name: "Arabic digits",
    put: (value) => value.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
  },
  {
    name: "other dashes",
    put: (value, random) =>
      value.replaceAll("-", random.pick(["\u2010", "\u2011", "\u2013", "\u2212"])),
  },
];
