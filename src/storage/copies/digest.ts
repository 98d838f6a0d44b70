/**
 * What a table holds, as a number that does not depend on the order of its rows: each row's SHA-256,
 * added up modulo 2^256. It tells a row that is missing, doubled or changed; it is no signature.
 */
import { hash } from "node:crypto";
import type { Row, Value } from "./tables.ts";

export interface Contents {
  readonly rows: number;
  /** In hex. */
  readonly digest: string;
}

export class Tally {
  #rows = 0;
  #sum = 0n;

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const digest = hash("sha256", JSON.stringify(row, written), "hex");
      this.#sum = BigInt.asUintN(256, this.#sum + BigInt(`0x${digest}`));
      this.#rows += 1;
    }
  }

  get contents(): Contents {
    return { rows: this.#rows, digest: this.#sum.toString(16).padStart(64, "0") };
  }
}

/** Bytes are not to be taken for the text that writes them. */
function written(_key: string, value: Value | Row): unknown {
  return value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("base64") } : value;
}

export const same = (one: Contents | undefined, other: Contents | undefined): boolean =>
  one !== undefined && one.rows === other?.rows && one.digest === other.digest;
