/** Reads and writes studies: what was rated with its owner's seal, ratings with their rater's. */
import { hash, randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { Vault } from "../../../core/vault.ts";
import { ratingNotFound, studyNotFound } from "./errors.ts";
import { type Answer, answer, type Rating, rating, type StudyBody, study } from "./study.ts";
import type { PeopleTables, RatingRow, StudyRow } from "./tables.ts";

export interface Study extends StudyBody {
  readonly id: string;
  readonly owner: string;
  readonly open: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A rating with where it is kept. */
export interface Kept extends Rating {
  readonly id: string;
  readonly study: string;
  readonly account: string;
  readonly shownAt: string;
  readonly ratedAt: string | null;
}

export class StudyStore {
  readonly #db: Kysely<PeopleTables>;
  readonly #vault: Vault;
  readonly #now: () => Date;

  constructor(db: Kysely<PeopleTables>, vault: Vault, now = () => new Date()) {
    this.#db = db;
    this.#vault = vault;
    this.#now = now;
  }

  async add(owner: string, body: StudyBody, open: boolean): Promise<Study> {
    const [id, createdAt] = [randomUUID(), this.#now().toISOString()];
    const sealer = await this.#vault.of(owner);
    await this.#db
      .insertInto("evaluation_study")
      .values({
        ...{ id, owner, open: Number(open), created_at: createdAt },
        body: sealer.seal(JSON.stringify(body), studyPlace(id)),
      })
      .execute();
    return { ...body, id, owner, open, createdAt };
  }

  /** One's own, and those that are open to everybody; newest first. */
  async list(person: string): Promise<Study[]> {
    const rows = await this.#db
      .selectFrom("evaluation_study")
      .selectAll()
      .where((or) => or.or([or("owner", "=", person), or("open", "=", 1)]))
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(200)
      .execute();
    return Promise.all(rows.map((row) => this.#opened(row)));
  }

  /** @throws CharlaError `evaluation_study_not_found`, also for another's that is not open */
  async one(person: string, id: string): Promise<Study> {
    const row = await this.#db
      .selectFrom("evaluation_study")
      .selectAll()
      .where("id", "=", id)
      .where((or) => or.or([or("owner", "=", person), or("open", "=", 1)]))
      .executeTakeFirst();
    if (!row) throw studyNotFound();
    return this.#opened(row);
  }

  async #opened(row: StudyRow): Promise<Study> {
    const sealer = await this.#vault.of(row.owner);
    const body = study.parse(JSON.parse(sealer.open(row.body, studyPlace(row.id))));
    return {
      ...body,
      id: row.id,
      owner: row.owner,
      open: row.open === 1,
      createdAt: row.created_at,
    };
  }

  /** By question and system; undefined where there is none yet. */
  async answers({ id, owner, questions }: Study): Promise<(Answer | undefined)[][]> {
    const rows = await this.#db
      .selectFrom("evaluation_study_answer")
      .select(["place", "system", "body"])
      .where("study", "=", id)
      .execute();
    const table: (Answer | undefined)[][] = questions.map(() => []);
    if (rows.length === 0) return table;
    const sealer = await this.#vault.of(owner);
    for (const { place, system, body } of rows) {
      const opened = answer.parse(JSON.parse(sealer.open(body, answerPlace(id, place, system))));
      (table[place] as (Answer | undefined)[])[system] = opened;
    }
    return table;
  }

  async countAnswers(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("evaluation_study_answer")
      .select(({ fn }) => ["study", fn.countAll().as("count")])
      .where("study", "in", ids)
      .groupBy("study")
      .execute();
    return new Map(rows.map(({ study, count }) => [study, Number(count)]));
  }

  /** When it resolves, it need not be asked again. A study that is gone meanwhile stays gone. */
  async keepAnswer(of: Study, place: number, system: number, said: Answer): Promise<void> {
    const { id, owner } = of;
    const sealer = await this.#vault.of(owner);
    const body = sealer.seal(JSON.stringify(said), answerPlace(id, place, system));
    await this.#db.transaction().execute(async (db) => {
      const there = db.selectFrom("evaluation_study").select("id").where("id", "=", id);
      if (!(await there.executeTakeFirst())) throw studyNotFound();
      await db
        .insertInto("evaluation_study_answer")
        .values({ study: id, owner, place, system, body })
        .onConflict((conflict) =>
          conflict.columns(["study", "place", "system"]).doUpdateSet({ body }),
        )
        .execute();
    });
  }

  /** In the order in which they were shown. */
  async ratings(study: string): Promise<Kept[]> {
    const rows = await this.#ratingsOf(study).execute();
    const all = await Promise.all(rows.map((row) => this.#rated(row)));
    return all.filter(({ erased }) => !erased);
  }

  /** What was shown to somebody under a name, also where it is erased what came of it. */
  async shownTo(study: string, account: string, rater: string): Promise<Kept[]> {
    const rows = await this.#ratingsOf(study).where("rater", "=", account).execute();
    const all = await Promise.all(rows.map((row) => this.#rated(row)));
    const digest = raterDigest(study, rater);
    return all.filter((one) => one.rater === (one.erased ? digest : rater));
  }

  #ratingsOf(study: string) {
    return this.#db
      .selectFrom("evaluation_rating")
      .selectAll()
      .where("study", "=", study)
      .orderBy("shown_at")
      .orderBy("id");
  }

  async #rated(row: RatingRow): Promise<Kept> {
    const sealer = await this.#vault.of(row.rater);
    const body = rating.parse(JSON.parse(sealer.open(row.body, ratingPlace(row.id))));
    const { id, study, rater: account } = row;
    return { ...body, id, study, account, shownAt: row.shown_at, ratedAt: row.rated_at };
  }

  /** Writes down what a rater is shown, before it is shown. */
  async show(study: string, account: string, body: Rating): Promise<Kept> {
    const [id, shownAt] = [randomUUID(), this.#now().toISOString()];
    const sealer = await this.#vault.of(account);
    const sealed = sealer.seal(JSON.stringify(body), ratingPlace(id));
    await this.#db
      .insertInto("evaluation_rating")
      .values({ id, study, rater: account, body: sealed, shown_at: shownAt, rated_at: null })
      .execute();
    return { ...body, id, study, account, shownAt, ratedAt: null };
  }

  /** @throws CharlaError `evaluation_rating_not_found`, as for another's */
  async shown(account: string, id: string): Promise<Kept> {
    const row = await this.#db
      .selectFrom("evaluation_rating")
      .selectAll()
      .where("id", "=", id)
      .where("rater", "=", account)
      .executeTakeFirst();
    if (!row) throw ratingNotFound();
    return this.#rated(row);
  }

  /** @returns whether it was the first time; it stays as it was otherwise */
  async rate(account: string, id: string, body: Rating): Promise<boolean> {
    const sealer = await this.#vault.of(account);
    const { numUpdatedRows } = await this.#db
      .updateTable("evaluation_rating")
      .set({
        body: sealer.seal(JSON.stringify(body), ratingPlace(id)),
        rated_at: this.#now().toISOString(),
      })
      .where("id", "=", id)
      .where("rater", "=", account)
      .where("rated_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** With all that others have said about it. @throws CharlaError `evaluation_study_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      const gone = db
        .deleteFrom("evaluation_study")
        .where("id", "=", id)
        .where("owner", "=", owner);
      if ((await gone.executeTakeFirst()).numDeletedRows === 0n) throw studyNotFound();
      for (const table of ["evaluation_study_answer", "evaluation_rating"] as const)
        await db.deleteFrom(table).where("study", "=", id).execute();
    });
  }

  /** All ratings that a person gave, whoever asked for them. */
  async ratingsBy(account: string): Promise<Kept[]> {
    const rows = await this.#db
      .selectFrom("evaluation_rating")
      .selectAll()
      .where("rater", "=", account)
      .orderBy("shown_at")
      .execute();
    return Promise.all(rows.map((row) => this.#rated(row)));
  }

  /**
   * Of what was rated there is left that it was: who has seen whose the answers are does not rate them again.
   *
   * @returns how many there were under this name
   */
  async eraseRater(account: string, rater: string): Promise<number> {
    const all = await this.ratingsBy(account);
    const own = all.filter((one) => !one.erased && one.rater === rater);
    const sealer = await this.#vault.of(account);
    const now = this.#now().toISOString();
    await this.#db.transaction().execute(async (db) => {
      for (const { id, study, place, systems, again, ratedAt } of own) {
        const digest = raterDigest(study, rater);
        const left: Rating = {
          rater: digest,
          place,
          again,
          systems: systems.toSorted(),
          erased: true,
        };
        const body = sealer.seal(JSON.stringify(left), ratingPlace(id));
        await (ratedAt === null
          ? db.deleteFrom("evaluation_rating").where("id", "=", id).execute()
          : db
              .updateTable("evaluation_rating")
              .set({ body, shown_at: now, rated_at: now })
              .where("id", "=", id)
              .execute());
      }
    });
    return own.length;
  }

  /** Studies with all about them, and ratings that the person gave elsewhere. */
  async erase(person: string): Promise<{ studies: number; ratings: number }> {
    return this.#db.transaction().execute(async (db) => {
      const own = db.selectFrom("evaluation_study").select("id").where("owner", "=", person);
      await db.deleteFrom("evaluation_rating").where("study", "in", own).execute();
      await db.deleteFrom("evaluation_study_answer").where("owner", "=", person).execute();
      const studies = db.deleteFrom("evaluation_study").where("owner", "=", person);
      const ratings = db.deleteFrom("evaluation_rating").where("rater", "=", person);
      return {
        studies: Number((await studies.executeTakeFirst()).numDeletedRows),
        ratings: Number((await ratings.executeTakeFirst()).numDeletedRows),
      };
    });
  }

  /** Seals all that somebody has for another person. */
  async give(from: string, to: string): Promise<void> {
    const [before, after] = [await this.#vault.of(from), await this.#vault.of(to)];
    const again = (text: string, place: string) => after.seal(before.open(text, place), place);
    await this.#db.transaction().execute(async (db) => {
      const studies = db.selectFrom("evaluation_study").selectAll().where("owner", "=", from);
      for (const { id, body } of await studies.execute())
        await db
          .updateTable("evaluation_study")
          .set({ owner: to, body: again(body, studyPlace(id)) })
          .where("id", "=", id)
          .execute();
      const answers = db
        .selectFrom("evaluation_study_answer")
        .selectAll()
        .where("owner", "=", from);
      for (const { study, place, system, body } of await answers.execute())
        await db
          .updateTable("evaluation_study_answer")
          .set({ owner: to, body: again(body, answerPlace(study, place, system)) })
          .where("study", "=", study)
          .where("place", "=", place)
          .where("system", "=", system)
          .execute();
      const ratings = db.selectFrom("evaluation_rating").selectAll().where("rater", "=", from);
      for (const { id, body } of await ratings.execute())
        await db
          .updateTable("evaluation_rating")
          .set({ rater: to, body: again(body, ratingPlace(id)) })
          .where("id", "=", id)
          .execute();
    });
  }
}

const studyPlace = (id: string) => `evaluation/study/${id}`;
const answerPlace = (id: string, place: number, system: number) =>
  `evaluation/study/${id}/${place}/${system}`;
/** Differs by study, so that what is left says nothing of one person across them. */
const raterDigest = (study: string, rater: string) =>
  hash("sha256", `${study}\0${rater}`, "base64url");
const ratingPlace = (id: string) => `evaluation/rating/${id}`;
