/**
 * The newest checkpoint that was signed, in a file beside the database. A database that was put back to
 * an older state, by whatever means, has not what the file has: what it signs next would contradict what
 * somebody may hold.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Newest {
  /** A signed note; undefined where there is none. */
  read(): Promise<string | undefined>;
  write(note: string): Promise<void>;
}

export function newestIn(home: string): Newest {
  const file = join(home, "log-checkpoint.txt");
  return {
    async read() {
      try {
        return await readFile(file, "utf8");
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw thrown;
      }
    },
    async write(note) {
      await writeFile(`${file}.part`, note, { mode: 0o600 });
      await rename(`${file}.part`, file);
    },
  };
}
