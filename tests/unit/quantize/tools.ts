/** The tools of the feature where a test brings none of its own. */
import type { Tools } from "../../../src/features/quantize/tools.ts";

const unused = () => {
  throw new Error("not expected to be used");
};

export function tools(own: Partial<Tools> = {}): Tools {
  return {
    inspect: async () => ({ quantisation: "F32" }),
    quantise: unused,
    freeBytes: unused,
    open: unused,
    ...own,
  };
}
