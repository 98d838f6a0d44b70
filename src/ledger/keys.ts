/**
 * The keys that sign checkpoints: Ed25519, made here, sealed in the vault under a name that no person
 * has. One signs at a time; those before it stay known, for what they have signed stays true.
 */
import { generateKeyPairSync } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type { LedgerKey } from "../core/ledger.ts";
import {
  formatVerifier,
  parseVerifier,
  type SigningKey,
  type Verifier,
  verifierOf,
} from "../core/tlog/note.ts";
import type { Vault } from "../core/vault.ts";
import type { Tables } from "./tables.ts";

/** Whose key in the vault seals them. */
const OWNER = "ledger";
const place = (verifier: string) => `ledger_key/${verifier}`;

export interface Signer {
  readonly verifier: Verifier;
  readonly key: SigningKey;
}

export class Keys {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  #signer: Promise<Signer> | undefined;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  async list(): Promise<readonly LedgerKey[]> {
    const rows = await this.#db
      .selectFrom("ledger_key")
      .select(["verifier", "since", "until"])
      .orderBy("since", "desc")
      .execute();
    // The one that signs comes first, also where two are of the same moment.
    return rows.sort((a, b) => Number(a.until !== null) - Number(b.until !== null));
  }

  /** The one that signs now, made if there is none. */
  signer(origin: string): Promise<Signer> {
    if (this.#signer) return this.#signer;
    const signer = this.#open(origin);
    this.#signer = signer;
    signer.catch(() => {
      this.#signer = undefined;
    });
    return signer;
  }

  async #open(origin: string): Promise<Signer> {
    const row = await this.#db
      .selectFrom("ledger_key")
      .selectAll()
      .where("until", "is", null)
      .executeTakeFirst();
    if (!row) return this.replace(origin, async () => {});
    const sealer = await this.#vault.of(OWNER);
    const pkcs8 = Buffer.from(sealer.open(row.sealed, place(row.verifier)), "base64");
    return { verifier: parseVerifier(row.verifier), key: await importKey(pkcs8) };
  }

  /**
   * Makes a key that signs from now on.
   *
   * @param also done in the same transaction
   */
  async replace(
    origin: string,
    also: (db: Transaction<Tables>, made: Verifier) => Promise<unknown>,
  ): Promise<Signer> {
    const pair = generateKeyPairSync("ed25519");
    const raw = new Uint8Array(
      Buffer.from(pair.publicKey.export({ format: "jwk" }).x ?? "", "base64url"),
    );
    const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
    const verifier = verifierOf(origin, raw);
    const name = formatVerifier(verifier);
    const sealed = (await this.#vault.of(OWNER)).seal(pkcs8.toString("base64"), place(name));
    const since = new Date().toISOString();
    await this.#db.transaction().execute(async (db) => {
      await db.updateTable("ledger_key").set({ until: since }).where("until", "is", null).execute();
      await db
        .insertInto("ledger_key")
        .values({ verifier: name, sealed, since, until: null })
        .execute();
      await also(db, verifier);
    });
    const signer = { verifier, key: await importKey(pkcs8) };
    this.#signer = Promise.resolve(signer);
    return signer;
  }
}

const importKey = (pkcs8: Uint8Array<ArrayBuffer>): Promise<SigningKey> =>
  crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
