/**
 * Every table of the database says here what it has of a person. A new one fails until it does; and
 * what it says is tried: given out, given to somebody else, erased.
 */

import type { Kysely } from "kysely";
import { expect, test } from "vitest";
import * as z from "zod";
import { openHouse } from "../../../src/app/house.ts";
import { readConfig } from "../../../src/config.ts";
import type { JobKind } from "../../../src/core/jobs.ts";
import type { Sealer } from "../../../src/core/vault.ts";
import { rights } from "../../../src/features/rights/open.ts";
import { urlOf } from "../../fixtures/databases.ts";
import { png } from "../../fixtures/images.ts";
import { serve } from "../../fixtures/shared-mode.ts";

interface Claim {
  /** How a row is a person's: it has the person's id, or the id of one of the person's chats. */
  readonly by: "person" | "chat";
  /** Beginning of a file of the archive that holds it, or why none does. */
  readonly archive: RegExp | string;
  /** Whether it goes with the chats to another person, or why not. */
  readonly given: true | string;
  /** Why it stays after an erasure. */
  readonly stays?: string;
}
const OWN_ACCOUNT = "who takes the chats over has an account of their own";
const account = (archive: RegExp | string): Claim => ({
  by: "person",
  archive,
  given: OWN_ACCOUNT,
});

const TABLES: Readonly<Record<string, Claim | string>> = {
  conversation: { by: "person", archive: /^conversations\/[^/]+\.json$/, given: true },
  message: { by: "chat", archive: /^conversations\/[^/]+\.json$/, given: true },
  instructions: { by: "person", archive: /^instructions\//, given: true },
  memory: { by: "person", archive: /^memory\//, given: true },
  memory_fact: { by: "person", archive: /^memory\//, given: true },
  assistant: { by: "person", archive: /^assistants\/assistants/, given: true },
  assistant_version: "goes with its assistant, which has the person's id",
  assistant_prompt: { by: "person", archive: /^assistants\/prompts/, given: true },
  folder: { by: "person", archive: /^conversations\/folders\.json$/, given: true },
  share: { by: "chat", archive: /^conversations\/shared\.json$/, given: true },
  support_grant: { by: "chat", archive: /^conversations\/shared\.json$/, given: true },
  knowledge_file: { by: "person", archive: /^files\/files\.json$/, given: true },
  knowledge_use: { by: "chat", archive: /^files\/files\.json$/, given: true },
  knowledge_collection: { by: "person", archive: /^files\/collections/, given: true },
  knowledge_member: "goes with its collection, which has the person's id",
  knowledge_batch: "goes with its collection, which has the person's id",
  assistant_loan: "goes with its assistant; what is lent to a person, assistants/lent.test.ts has",
  knowledge_loan: "as assistant_loan; knowledge/collections.test.ts has it",
  knowledge_block: "goes with its file, which has the person's id",
  image: { by: "person", archive: /^images\/images\.json$/, given: true },
  image_use: { by: "chat", archive: /^images\/images\.json$/, given: true },
  placeholder: { by: "person", archive: /^personal-data\//, given: true },
  account_user: account(/^account/),
  account_login: account(/^account/),
  account_session: account(/^account/),
  account_key: account(/^account/),
  account_two_factor: account("secrets that would let a thief of the archive in"),
  account_link: account("its token is stored nowhere, and the link is the administrator's"),
  limits_month: account(/^limits\//),
  limits_budget: account(/^limits\//),
  cost_use: { by: "person", archive: /^cost\//, given: true },
  receipt: { by: "person", archive: /^receipts\//, given: true },
  job: { by: "person", archive: /^jobs\//, given: true },
  evaluation_run: { by: "person", archive: /^evaluations\//, given: true },
  evaluation_source: { by: "person", archive: /^evaluations\//, given: true },
  evaluation_study: { by: "person", archive: /^evaluations\/studies\//, given: true },
  evaluation_study_answer: { by: "person", archive: /^evaluations\/studies\//, given: true },
  evaluation_rating: { by: "person", archive: /^evaluations\/ratings/, given: true },
  evaluation_thumb: { by: "person", archive: /^evaluations\/thumbs/, given: true },
  api_response: { by: "person", archive: /^api\//, given: true },
  evaluation_item: { by: "person", archive: /^evaluations\//, given: true },
  training_run: { by: "person", archive: /^training\//, given: true },
  training_text: { by: "person", archive: /^training\//, given: true },
  training_point: { by: "person", archive: /^training\//, given: true },
  training_source: { by: "person", archive: /^training\//, given: true },
  training_likely: {
    ...{ by: "person", given: true },
    archive: "numbers that a teacher makes of the chats, which are in the archive",
  },
  training_written: { by: "person", archive: /^training\//, given: true },
  training_question: { by: "person", archive: /^training\//, given: true },
  recall_summary: { by: "person", archive: /^recall\//, given: true },
  person_key: {
    by: "person",
    archive: "the key opens what is in the archive in clear",
    given: "each has one",
  },
  audit_act: {
    ...{ by: "person", archive: /^audit\//, given: "what somebody did stays theirs" },
    stays: "what administrators did has to stay; the policy says for how long",
  },
  account_verification: "for minutes, while a sign-in waits; goes with a change of the password",
  account_passkey: "as account_key; a passkey needs a device, so sign-in.test.ts has it",
  tool_approval: "as instructions; it needs a model that calls, so tools/approvals.test.ts has it",
  tool_server: "as instructions; it needs a server on the internet, so tools/mcp.test.ts has it",
  tool_sign_in: "as tool_server; tools/sign-in.test.ts and sign-ins.test.ts have it",
  account_challenge: "random numbers for five minutes",
  account_used_code: "digests of codes for two minutes",
  account_state: "of the installation",
  limits_try: "digests of names and networks for a day",
  conversation_sealing: "of the installation",
  evaluation_length: "of the installation's models",
  recall_model: "of the installation's models",
  master_key: "of the installation",
  watermark_key: "of the installation",
  label_certificate: "of the installation",
  receipt_erasure: "tags, which nobody can tell a person from once the key is gone",
  anchor: "of the installation",
  membership_leaf: "random numbers that stand in the log; only a secret in a browser says whose",
  membership_group: "of the installation",
  ledger_entry: "nothing personal is in an entry",
  ledger_tile: "hashes of entries",
  ledger_key: "of the installation",
  ledger_checkpoint: "of the installation",
  ledger_state: "of the installation",
  replica_leader: "the address of the server that leads",
};

const probe: JobKind<string> = {
  ...{ name: "probe", lane: "net", label: { en: "Probe", es: "Prueba" }, unit: "items" },
  input: z.string(),
  async run() {},
};

/** A training run as its command stores it, which works for the one at this machine alone. */
// biome-ignore lint/suspicious/noExplicitAny: the tables are those of the feature
async function trained(db: Kysely<any>, sealer: Sealer, owner: string): Promise<void> {
  const run = "run";
  const seal = (what: string, value: unknown) =>
    sealer.seal(JSON.stringify(value), `training/${run}/${what}`);
  const skipped = { shape: 0, roles: 0, noAnswer: 0, empty: 0, duplicate: 0, nearTest: 0 };
  const look = {
    ...{ digest: "", files: [], found: 0, skipped, train: 0, validation: 0, test: 0, messages: 0 },
    ...{ answerCharacters: 0, characters: 0, sameAnswers: 0, masked: null },
    languages: { en: 0, es: 0, other: 0 },
  };
  const plan = { name: "Her tone", model: "m", look, settings: {}, version: "0" };
  const none = { done: 0, total: null, result: null, error: null, ended_at: null };
  const row = { id: run, owner, state: "cut", created_at: "2026-01-01T00:00:00Z", ...none };
  await db
    .insertInto("training_run")
    .values({ ...row, plan: seal("plan", plan) })
    .execute();
  const parts = {
    training_text: JSON.stringify({ train: [], validation: [], test: [] }),
    training_point: { kind: "validation", step: 0, loss: 1 },
    training_likely: { id: "chat", likely: [[[1, -0.5]]] },
  };
  for (const [table, value] of Object.entries(parts)) {
    const body = seal(`${table}/0`, value);
    await db.insertInto(table).values({ run, owner, place: 0, body }).execute();
  }
  await db.insertInto("training_source").values({ run, owner, conversation: "one" }).execute();
  const teacher = { model: "t", licence: null };
  const wish = { name: "Hers", teacher, key: "k", maxTokens: 16, unmasked: true, version: "0" };
  const said = { messages: [{ role: "user", content: "Hers?" }], answer: "Hers." };
  const at = (what: string) => `training/written/written/${what}`;
  await db
    .insertInto("training_written")
    .values({
      ...{ questions: 1, answers: 1, faults: 0 },
      ...{ id: "written", owner, state: "done", created_at: "2026-01-01T00:00:00Z" },
      ...{ plan: sealer.seal(JSON.stringify(wish), at("plan")), error: null, ended_at: null },
    })
    .execute();
  await db
    .insertInto("training_question")
    .values({
      ...{ written: "written", owner, place: 0, conversation: null },
      body: sealer.seal(JSON.stringify(said), at("0")),
    })
    .execute();
}

test("every table with a person in it is given out, given away and erased, or says why not", async () => {
  const policy =
    '[personal_data]\nfloor = "mask"\n[sharing]\nenabled = true\n[cost]\nper_hour = 1\n';
  const place = await serve({ policy });
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const people = (await ana.must("GET", "/api/auth/people")).items as {
    id: string;
    email: string;
  }[];
  const idOf = (email: string) => people.find((one) => one.email === email)?.id ?? "nobody";
  const [anaId, evaId] = [idOf("ana@example.org"), idOf("eva@example.org")];
  const { id: chat } = await eva.must("POST", "/api/conversations", {});
  const content = "My DNI is 12345678Z.";
  const brought = await eva.must("POST", "/api/files?name=garden.txt", ["Tomatoes of hers"]);
  const { digest, media, bytes, name } = brought;
  const image = await eva.must("POST", "/api/images", png(2, 2, [9, 9, 9]));
  const { answer } = await eva.must("POST", `/api/conversations/${chat}/turns`, {
    content,
    parentId: null,
    parts: [
      { type: "file", digest, media, bytes, name },
      { type: "image", ...image, text: "Read from it" },
    ],
  });
  await eva.call("GET", `/api/conversations/${chat}/messages/${answer.id}/stream`);
  await eva.must("PUT", "/api/instructions", { text: "Briefly", active: true });
  await eva.must("PUT", "/api/memory", { active: true });
  await eva.must("POST", "/api/memory/facts", { text: "She keeps bees" });
  const hersToo = { name: "Hers before", settings: { maxTokens: 50 } };
  const { id: assistant } = await eva.must("POST", "/api/assistants", hersToo);
  await eva.must("PUT", `/api/assistants/${assistant}`, { ...hersToo, name: "Hers" });
  await eva.must("POST", "/api/saved-prompts", { name: "Greeting", text: "Greet {{whom}}" });
  await eva.must("POST", "/api/collections", { name: "Vegetables", files: [brought.id] });
  await eva.must("POST", "/v1/responses", { input: "To go on with" });
  const { id: folderId } = await eva.must("POST", "/api/folders", { name: "Garden" });
  await eva.must("PATCH", `/api/conversations/${chat}`, { folderId });
  await eva.must("POST", `/api/conversations/${chat}/shares`, { days: 1 });
  await eva.must("POST", `/api/conversations/${chat}/support`, { hours: 1, reason: "Look" });
  await eva.must("POST", "/api/auth/keys", { name: "Key", scopes: ["chat"], days: 1 });
  await eva.must("POST", "/api/auth/totp", { password: "correct horse battery staple" });
  const text = { name: "hers.txt", content: "Hers to measure. ".repeat(200) };
  await eva.must("POST", "/api/evaluations", {
    ...{ kind: "perplexity", models: ["scripted"], text, context: 16 },
  });
  const tried = async () => (await eva.must("GET", "/api/evaluations")).items[0].state;
  await expect.poll(tried).toBe("failed");
  const { id: study } = await eva.must("POST", "/api/studies", {
    ...{ name: "Study of hers", kind: "levels", systems: [{ label: "A" }], maxTokens: 8, count: 1 },
    ...{ dimensions: [{ name: "Good", anchors: ["no", "yes"] }], set: { builtIn: "own-chats" } },
  });
  const next = () => eva.must("POST", `/api/studies/${study}/next`, { rater: "Eva" });
  await expect.poll(async () => (await next()).task).not.toBeNull();
  await eva.must("POST", `/api/ratings/${(await next()).task.id}`, { levels: [2] });
  await eva.must("PUT", `/api/thumbs/${answer.id}`, { conversation: chat, thumb: "up" });
  await ana.must("PUT", `/api/limits/people/${evaId}`, { tokens: 100_000 });
  await ana.must("POST", `/api/auth/people/${evaId}/reset`, {});
  await place.stop();

  const settings = { accounts: "on", port: 0, engine: "scripted", home: place.home };
  const config = readConfig({ ...settings, databaseUrl: await urlOf(place.home) }, {});
  await using house = await openHouse(config, () => {});
  const { db, jobs } = house.of(rights);
  await jobs.begin(probe, evaId, "Hers");
  await trained(db, await house.vault.of(evaId), evaId);
  const summary = { text: "Summed up for her", edited: false, answers: [], modelName: "m" };
  const [summed, sealer] = ["summary-of-hers", await house.vault.of(evaId)];
  const sealed = sealer.seal(JSON.stringify(summary), `recall_summary/${summed}`);
  await db
    .insertInto("recall_summary")
    .values({ id: summed, owner: evaId, conversation_id: chat, sealed })
    .execute();
  const names = (await db.introspection.getTables()).map(({ name }) => name);
  expect(names.toSorted()).toEqual(Object.keys(TABLES).toSorted());

  const claims = Object.entries(TABLES).filter(
    (one): one is [string, Claim] => typeof one[1] === "object",
  );
  const rowsOf = async (table: string, by: Claim["by"], person: string) => {
    const rows = await db.selectFrom(table).selectAll().execute();
    const key = by === "person" ? person : chat;
    return rows.filter((row) => Object.values(row).includes(key)).length;
  };
  const own = house.opened.flatMap((one) => one.rights ?? []);
  const files: string[] = [];
  for (const one of own) for await (const { path } of one.collect(evaId, "en")) files.push(path);
  for (const [table, { by, archive }] of claims) {
    expect(await rowsOf(table, by, evaId), `${table} has something of hers`).toBeGreaterThan(0);
    if (typeof archive === "string") continue;
    expect(
      files.filter((path) => archive.test(path)),
      `${table} is in the archive`,
    ).not.toEqual([]);
  }

  for (const one of own) await one.giveTo?.(evaId, anaId);
  for (const [table, { by, given }] of claims) {
    if (given !== true || by === "chat") continue;
    expect(await rowsOf(table, by, evaId), `${table} is given away`).toBe(0);
    expect(await rowsOf(table, by, anaId), `${table} is hers who has it now`).toBeGreaterThan(0);
  }
  const hers: string[] = [];
  for (const one of own) {
    for await (const { content } of one.collect(anaId, "en")) hers.push(String(content));
  }
  // Every text that was sealed for Eva opens for Ana: of the chat, its link, and the placeholder.
  for (const said of [
    "[DNI_1]",
    "Look",
    "12345678Z",
    "Hers",
    "Hers before",
    "Greet {{whom}}",
    "Vegetables",
    "Garden",
    "Briefly",
    "She keeps bees",
    "Study of hers",
    "To go on with",
    "Her tone",
    "Summed up for her",
    "Tomatoes of hers",
  ])
    expect(hers.join()).toContain(said);
  expect(hers.join()).toContain("Hers to measure.");

  for (const one of own) await one.giveTo?.(anaId, evaId);
  for (const one of [...own, ...own]) await one.erase(evaId);
  await house.vault.destroy(evaId);
  for (const [table, { by, stays }] of claims) {
    const left = await rowsOf(table, by, evaId);
    if (stays) expect(left, `${table} stays`).toBeGreaterThan(0);
    else expect(left, `${table} is erased`).toBe(0);
  }
});
