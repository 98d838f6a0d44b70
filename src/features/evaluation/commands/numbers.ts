/** Numbers of the command line. */
import { wrongValue } from "../errors.ts";

/** @throws CharlaError `invalid_setting` */
export function whole(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(number) && number >= least) return number;
  throw wrongValue(option, text, `${least}, ${least + 1}, …`);
}

/** @throws CharlaError `invalid_setting` */
export function decimal(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== "" && number >= least && number <= most) return number;
  throw wrongValue(option, text, `${least} … ${most}`);
}
