/** The folder in which files wait until their chats are read, each under a key of its own. */
import { randomBytes, randomUUIDv7 } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { KEY_BYTES } from "../../../core/seal.ts";
import { DAY_MS } from "../../../core/time.ts";
import { receive } from "./source.ts";

export class Inbox {
  readonly #folder: string;

  /** @param home the data folder */
  constructor(home: string) {
    this.#folder = join(home, "imports");
  }

  /** @param most bytes that are taken. @throws CharlaError `import_too_large` */
  async take(body: AsyncIterable<Uint8Array>, most: number) {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, randomUUIDv7());
    const key = randomBytes(KEY_BYTES);
    try {
      const bytes = await receive(body, path, key, most);
      return { path, key: key.toString("base64"), bytes };
    } catch (thrown) {
      await rm(path, { force: true });
      throw thrown;
    }
  }

  /** Removes what is a day old and nobody waits for; what was cancelled can be gone on with until then. */
  async sweep(waiting: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#folder).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== "ENOENT") throw thrown;
      return [];
    });
    for (const name of names) {
      const path = join(this.#folder, name);
      if (waiting.has(path)) continue;
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > DAY_MS) await rm(path, { force: true });
    }
  }
}
