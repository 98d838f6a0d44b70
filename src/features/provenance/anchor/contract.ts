/** The contract on the chain, as the pinned compiler made it from `contracts/Anchor.sol`. */
import { DEPLOYED, OPERATOR_AT } from "./compiled.ts";

export { ABI, BYTECODE } from "./compiled.ts";

export type Hex = `0x${string}`;

/** The code that stands on the chain once `operator` has deployed it. */
export function codeOf(operator: Hex): Hex {
  const word = operator.slice(2).toLowerCase().padStart(64, "0");
  let code: string = DEPLOYED;
  // Two characters a byte, behind "0x".
  for (const start of OPERATOR_AT) {
    const at = 2 + start * 2;
    code = code.slice(0, at) + word + code.slice(at + word.length);
  }
  return code as Hex;
}
