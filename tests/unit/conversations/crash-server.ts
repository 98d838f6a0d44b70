/**
 * A server to be killed: `node crash-server.ts HOME URL` prints its address, and serves until then.
 * Without a URL, its database is the file in the folder.
 */
import { scripted } from "../../../src/engines/scripted.ts";
import { setUrl } from "../../fixtures/databases.ts";
import { serve } from "./server.ts";

const [, , home = "", url = ""] = process.argv;
if (url !== "") setUrl(home, url);
const engine = scripted({ tokenMs: 2, reply: () => "palabra ".repeat(60) });
const server = await serve(home, engine);
console.log(server.url);
