/**
 * A server to be killed: `node crash-server.ts HOME` prints its address, and serves until then.
 */
import { scripted } from "../../../src/engines/scripted.ts";
import { serve } from "./server.ts";

const engine = scripted({ tokenMs: 2, reply: () => "palabra ".repeat(60) });
const { url } = await serve(process.argv[2] ?? "", engine);
console.log(url);
