/** Makes the receipts of answers, keeps what proves them for their person, and destroys it. */
import { randomBytes } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type { House } from "../../../core/feature.ts";
import type { LedgerEntry } from "../../../core/ledger.ts";
import type {
  AnchorProof,
  Answered,
  Receipt,
  ReceiptFile,
  Receipts,
  Texts,
} from "../../../core/receipts.ts";
import { toBase64 } from "../../../core/tlog/bytes.ts";
import { parseNote } from "../../../core/tlog/note.ts";
import type { Tables as AnchorTables } from "../anchor/tables.ts";
import { storeLeaf } from "../membership/groups.ts";
import { takeLeaf } from "../membership/leaves.ts";
import type { Tables as LeafTables } from "../membership/tables.ts";
import { promptText } from "../verify/commitment.ts";
import { commit, entryOf } from "./entry.ts";
import type { Tables as OwnTables, Sealed } from "./tables.ts";

type Tables = OwnTables & LeafTables & AnchorTables;

const SALT_BYTES = 32;
/** Chats of one statement. */
const BATCH = 500;

const place = (id: string) => `receipt/${id}`;

type Ground = Pick<House, "vault" | "ledger" | "settings"> & { readonly db: Kysely<Tables> };

export class Keeper implements Receipts {
  readonly #house: Ground;

  constructor(house: Ground) {
    this.#house = house;
  }

  newId(): string {
    return `rcpt-${randomBytes(16).toString("hex")}`;
  }

  async make(answered: Answered, id = this.newId()): Promise<Receipt> {
    const { vault, ledger, settings } = this.#house;
    const { owner, at, messages, text } = answered;
    const leaf = takeLeaf();
    const sealer = await vault.of(owner);
    const name = await ledger.name();
    const salts = { prompt: randomBytes(SALT_BYTES), answer: randomBytes(SALT_BYTES) };
    const entry = entryOf(
      answered,
      {
        id,
        userTag: sealer.tag(`log ${name}`),
        convTag: at ? sealer.tag(`log ${name} chat ${at.conversation}`) : null,
        promptC: commit(salts.prompt, "prompt", promptText(messages)),
        answerC: commit(salts.answer, "answer", text),
        zkLeaf: leaf ?? null,
      },
      settings,
    );
    const [first] = messages;
    const kept: Sealed = {
      prompt: salts.prompt.toString("hex"),
      answer: salts.answer.toString("hex"),
      ...(first?.role === "system" && at && { system: first.content }),
    };
    const row = {
      ...{ id, owner, conversation: at?.conversation ?? null, message: at?.message ?? null },
      ...{ sealed: sealer.seal(JSON.stringify(kept), place(id)), created_at: entry.ts },
    };
    return {
      id,
      async store(db: Transaction<Tables>) {
        const seq = await ledger.append(db, [entry]);
        await db
          .insertInto("receipt")
          .values({ ...row, seq })
          .execute();
        if (leaf !== undefined) await storeLeaf(db, { seq, leaf });
      },
    };
  }

  async keep(answered: Answered, id?: string): Promise<void> {
    const receipt = await this.make(answered, id);
    await this.#house.db.transaction().execute((db) => receipt.store(db));
  }

  async file(
    owner: string,
    id: string,
    { text, messages }: Texts,
  ): Promise<ReceiptFile | undefined> {
    const row = await this.#row(owner, id);
    if (!row) return undefined;
    const sealer = await this.#house.vault.of(owner);
    const { prompt: salt, answer, system }: Sealed = JSON.parse(sealer.open(row.sealed, place(id)));
    const proved = await this.proved(row.seq);
    const whole = messages && [
      ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
      ...messages.map(({ role, content }) => ({ role, content })),
    ];
    // An answer that was gone on with had a prompt that no stored chat has any more.
    const holds =
      whole &&
      commit(Buffer.from(salt, "hex"), "prompt", promptText(whole)) === proved.entry.promptC;
    return {
      ...proved,
      salts: { ...(holds && { prompt: salt }), answer },
      text,
      prompt: holds ? whole : null,
    };
  }

  /** The salts of an answer that is stored nowhere, for whoever has its text. */
  async bare(owner: string, id: string): Promise<ReceiptFile | undefined> {
    const row = await this.#row(owner, id);
    if (!row) return undefined;
    const sealer = await this.#house.vault.of(owner);
    const { prompt, answer }: Sealed = JSON.parse(sealer.open(row.sealed, place(id)));
    return { ...(await this.proved(row.seq)), salts: { prompt, answer }, text: null, prompt: null };
  }

  /** An entry with its proof in the newest checkpoint, and without a word of anybody's. */
  async proved(seq: number): Promise<ReceiptFile> {
    const { ledger } = this.#house;
    const { size, note } = await ledger.checkpoint();
    const [key] = await ledger.keys();
    const [text = "{}"] = await ledger.entries(seq, seq + 1);
    const entry: LedgerEntry = JSON.parse(text);
    const erased = await this.#erasure(entry);
    const anchor = await this.#anchor(seq, size);
    return {
      format: "charla.receipt",
      version: 1,
      entry,
      index: seq,
      proof: (await ledger.inclusion(seq, size)).map(toBase64),
      checkpoint: note,
      key: key?.verifier ?? "",
      salts: {},
      ...{ text: null, prompt: null },
      ...(anchor && { anchor }),
      ...(erased !== undefined && {
        erasure: {
          entry: JSON.parse((await ledger.entries(erased, erased + 1))[0] ?? "{}"),
          index: erased,
          proof: (await ledger.inclusion(erased, size)).map(toBase64),
        },
      }),
    };
  }

  /** The oldest anchor that has the entry. @param size of the log, which may be an older copy's */
  async #anchor(seq: number, size: number): Promise<AnchorProof | undefined> {
    const { db, ledger } = this.#house;
    const row = await db
      .selectFrom("anchor")
      .selectAll()
      .where("size", ">", seq)
      .where("size", "<=", size)
      .orderBy("size")
      .limit(1)
      .executeTakeFirst();
    if (!row) return undefined;
    const { note, chain, contract, block } = row;
    const signed = parseNote(note).signatures;
    const keys = (await ledger.keys()).map(({ verifier }) => verifier);
    const key = keys.find((one) => signed.some(({ name, id }) => one.startsWith(`${name}+${id}+`)));
    return {
      ...{ note, key: key ?? "" },
      proof: (await ledger.inclusion(seq, row.size)).map(toBase64),
      ...{ chain, contract, transaction: row.transaction_hash, block, at: row.created_at },
    };
  }

  async #erasure({ userTag }: LedgerEntry): Promise<number | undefined> {
    if (typeof userTag !== "string") return undefined;
    const row = await this.#house.db
      .selectFrom("receipt_erasure")
      .select("seq")
      .where("user_tag", "=", userTag)
      .executeTakeFirst();
    return row?.seq;
  }

  #row(owner: string, id: string) {
    return this.#house.db
      .selectFrom("receipt")
      .selectAll()
      .where("id", "=", id)
      .where("owner", "=", owner)
      .executeTakeFirst();
  }

  /** A person's, oldest first. */
  list(owner: string) {
    return this.#house.db
      .selectFrom("receipt")
      .select(["id", "conversation", "message", "seq", "created_at"])
      .where("owner", "=", owner)
      .orderBy("seq")
      .execute();
  }

  /** Destroys the salts of chats that are about to go. */
  async forget(conversations: readonly string[]): Promise<void> {
    for (let from = 0; from < conversations.length; from += BATCH) {
      const some = conversations.slice(from, from + BATCH);
      await this.#house.db.deleteFrom("receipt").where("conversation", "in", some).execute();
    }
  }

  /** Destroys the salts of answers that were sent and stored nowhere. @param before ISO time */
  async expire(before: string): Promise<number> {
    const [gone] = await this.#house.db
      .deleteFrom("receipt")
      .where("conversation", "is", null)
      .where("created_at", "<", before)
      .execute();
    return Number(gone?.numDeletedRows ?? 0);
  }

  /**
   * Destroys a person's salts and says so in the log.
   *
   * @returns how many receipts that were
   */
  async erase(owner: string): Promise<number> {
    const { db, vault, ledger } = this.#house;
    const rows = await this.list(owner);
    // Who has none needs no key, which a second call would make again.
    if (rows.length === 0) return 0;
    const tag = (await vault.of(owner)).tag(`log ${await ledger.name()}`);
    await db.transaction().execute(async (trx) => {
      const entry = { v: 1, ts: new Date().toISOString(), kind: "erasure" };
      const seq = await ledger.append(trx, [{ ...entry, userTag: tag, answers: rows.length }]);
      await trx
        .insertInto("receipt_erasure")
        .values({ user_tag: tag, seq })
        .onConflict((row) => row.column("user_tag").doUpdateSet({ seq }))
        .execute();
      await trx.deleteFrom("receipt").where("owner", "=", owner).execute();
    });
    return rows.length;
  }

  /** Seals one person's salts for another. */
  async give(from: string, to: string): Promise<void> {
    const { db, vault } = this.#house;
    const [old, now] = [await vault.of(from), await vault.of(to)];
    await db.transaction().execute(async (trx) => {
      const rows = await trx.selectFrom("receipt").selectAll().where("owner", "=", from).execute();
      for (const { id, sealed } of rows) {
        const again = now.seal(old.open(sealed, place(id)), place(id));
        const set = { owner: to, sealed: again };
        await trx.updateTable("receipt").set(set).where("id", "=", id).execute();
      }
    });
  }
}
