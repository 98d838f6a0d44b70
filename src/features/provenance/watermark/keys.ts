/**
 * The secret keys by which answers are marked. The newest one marks; those before it are kept, so that
 * what they have marked is still recognised. They follow from a secret in the vault, and so outlive a
 * change of the master key.
 */
import { hash, hkdfSync, randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import { Draw } from "../../../core/draw.ts";
import type { Vault } from "../../../core/vault.ts";
import type { Tables } from "./tables.ts";

export interface WatermarkKey {
  readonly id: string;
  /** 64 hexadecimal digits. */
  readonly key: string;
  readonly draw: Draw;
  /** SHA-256 of the key, which may be told: who is given the key can be sure that it is the one. */
  readonly digest: string;
  /** ISO time. */
  readonly since: string;
}

/** Whose key in the vault seals them. */
const OWNER = "watermark";
const place = (id: string) => `watermark_key/${id}`;
const DAY_MS = 24 * 3600 * 1000;

export class WatermarkKeys {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #days: number;
  readonly #made: (key: WatermarkKey) => Promise<unknown>;
  #known: Promise<readonly WatermarkKey[]> | undefined;

  /**
   * @param days after which another key marks; 0 is never
   * @param made told of each new key
   */
  constructor(
    db: Kysely<Tables>,
    vault: Vault,
    days: number,
    made: (key: WatermarkKey) => Promise<unknown> = async () => {},
  ) {
    this.#db = db;
    this.#vault = vault;
    this.#days = days;
    this.#made = made;
  }

  /** Newest first. */
  all(): Promise<readonly WatermarkKey[]> {
    const known = this.#known ?? this.#read();
    this.#known = known;
    // The next who asks tries again.
    known.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known;
  }

  /** The one that marks now, made if there is none that is young enough. */
  async current(): Promise<WatermarkKey> {
    const [newest] = await this.all();
    const old =
      newest && this.#days > 0 && Date.now() - Date.parse(newest.since) > this.#days * DAY_MS;
    return newest && !old ? newest : this.#replace(newest?.id);
  }

  /** @param newest as it was seen: of two who find it old, one makes another */
  async #replace(newest: string | undefined): Promise<WatermarkKey> {
    const making = this.all().then(async (keys) =>
      keys[0]?.id === newest ? [await this.#make(), ...keys] : keys,
    );
    this.#known = making;
    making.catch(() => {
      this.#known = undefined;
    });
    return (await making)[0] as WatermarkKey;
  }

  async #make(): Promise<WatermarkKey> {
    const secret = randomBytes(32);
    const id = `wm-${randomBytes(4).toString("hex")}`;
    const key = keyOf(id, secret, new Date().toISOString());
    const sealed = (await this.#vault.of(OWNER)).seal(secret.toString("hex"), place(id));
    await this.#db.insertInto("watermark_key").values({ id, sealed, since: key.since }).execute();
    await this.#made(key);
    return key;
  }

  async #read(): Promise<readonly WatermarkKey[]> {
    const rows = await this.#db
      .selectFrom("watermark_key")
      .selectAll()
      .orderBy("since", "desc")
      .execute();
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(OWNER);
    return rows.map(({ id, sealed, since }) =>
      keyOf(id, Buffer.from(sealer.open(sealed, place(id)), "hex"), since),
    );
  }
}

function keyOf(id: string, secret: Uint8Array, since: string): WatermarkKey {
  const key = Buffer.from(hkdfSync("sha256", secret, "", `wm ${id}`, 32));
  const digest = hash("sha256", key, "hex");
  return { id, key: key.toString("hex"), draw: new Draw(key), digest, since };
}
