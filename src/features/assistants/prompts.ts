/** Keeps prompts, sealed. Every method takes the owner, and another's id is like one that is not there. */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { Prompt } from "./api.ts";
import { promptNameTaken, promptNotFound, promptsFull } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** Of one person. */
const LIMIT = 200;

export type PromptContent = Omit<Prompt, "id">;

export class Prompts {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** By their names. */
  async of(owner: string): Promise<Prompt[]> {
    const rows = await this.#db
      .selectFrom("assistant_prompt")
      .select(["id", "sealed"])
      .where("owner", "=", owner)
      .execute();
    const sealer = await this.#vault.of(owner);
    const all = rows.map(({ id, sealed }) => ({
      id,
      ...(JSON.parse(sealer.open(sealed, place(id))) as PromptContent),
    }));
    return all.sort((a, b) => a.name.localeCompare(b.name));
  }

  /** @throws CharlaError `saved_prompts_full`, `saved_prompt_name_taken` */
  async add(owner: string, content: PromptContent): Promise<Prompt> {
    const all = await this.of(owner);
    if (all.length >= LIMIT) throw promptsFull(LIMIT);
    expectFree(all, content.name);
    const id = newId();
    const sealed = seal(await this.#vault.of(owner), id, content);
    await this.#db.insertInto("assistant_prompt").values({ id, owner, sealed }).execute();
    return { id, ...content };
  }

  /** @throws CharlaError `saved_prompt_not_found`, `saved_prompt_name_taken` */
  async change(owner: string, id: string, content: PromptContent): Promise<Prompt> {
    const all = await this.of(owner);
    const others = all.filter((one) => one.id !== id);
    if (others.length === all.length) throw promptNotFound();
    expectFree(others, content.name);
    const sealed = seal(await this.#vault.of(owner), id, content);
    await this.#db
      .updateTable("assistant_prompt")
      .set({ sealed })
      .where("owner", "=", owner)
      .where("id", "=", id)
      .execute();
    return { id, ...content };
  }

  /** @throws CharlaError `saved_prompt_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    const mine = this.#db.deleteFrom("assistant_prompt").where("owner", "=", owner);
    const { numDeletedRows } = await mine.where("id", "=", id).executeTakeFirst();
    if (numDeletedRows === 0n) throw promptNotFound();
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    const all = this.#db.deleteFrom("assistant_prompt").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    if (from === to) return;
    const sealer = await this.#vault.of(to);
    for (const { id, ...content } of await this.of(from))
      await this.#db
        .updateTable("assistant_prompt")
        .set({ owner: to, sealed: seal(sealer, id, content) })
        .where("id", "=", id)
        .execute();
  }
}

/** One name leads to one prompt, however it is written. */
function expectFree(all: readonly Prompt[], name: string): void {
  if (all.some((one) => one.name.toLowerCase() === name.toLowerCase())) throw promptNameTaken(name);
}

const place = (id: string) => `saved-prompt/${id}`;
const seal = (sealer: Sealer, id: string, content: PromptContent) =>
  sealer.seal(JSON.stringify(content), place(id));
