/** A process that fills a folder with states until it is killed: `node prefix-cache-writer.ts FOLDER`. */
import { argv, stdout } from "node:process";
import { PrefixCache } from "../../../src/engines/llama/cache/index.ts";
import { conversation, IDENTITY, state } from "./prefix-cache-states.ts";

const STATE_BYTES = 3_000_000;

const cache = new PrefixCache({
  identity: IDENTITY,
  memoryBytes: 8 * STATE_BYTES,
  folder: argv[2],
  diskBytes: 20 * STATE_BYTES,
  trims: true,
  log(line) {
    throw new Error(line);
  },
});
await cache.opened;
for (let name = Number(argv[3]); ; name++) {
  cache.add(state(conversation(name), STATE_BYTES));
  if ((await cache.flush(60_000)) > 0) stdout.write(`${name}\n`);
}
