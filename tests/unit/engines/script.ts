/** An answer that is long enough for the engine suite, at a pace that leaves time to stop it. */
import type { Script } from "../../../src/engines/scripted.ts";

const NUMBERS = Array.from({ length: 400 }, (_, index) => `number ${index + 1},`).join(" ");
export const script: Script = { tokenMs: 1, reply: () => NUMBERS };
