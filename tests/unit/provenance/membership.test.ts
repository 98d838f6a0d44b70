/** Membership: Semaphore's own numbers, the group that the log names, and every way in which a proof can be wrong. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openHouse } from "../../../src/app/house.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { House } from "../../../src/core/feature.ts";
import type { LedgerEntry } from "../../../src/core/ledger.ts";
import { parseVerifier } from "../../../src/core/tlog/note.ts";
import type { MembershipFile } from "../../../src/features/provenance/membership/file.ts";
import { hashTwo } from "../../../src/features/provenance/membership/groth16/poseidon.ts";
import {
  NOBODY,
  pathOf,
  rootOf,
  withLeaf,
} from "../../../src/features/provenance/membership/group.ts";
import { Groups, storeLeaf } from "../../../src/features/provenance/membership/groups.ts";
import {
  fieldText,
  leafOf,
  nullifierOf,
  parseField,
  secretOf,
} from "../../../src/features/provenance/membership/identity.ts";
import {
  hashed,
  messageNumber,
  scopeNumber,
} from "../../../src/features/provenance/membership/statement.ts";
import { provenance } from "../../../src/features/provenance/open.ts";
import { Keeper } from "../../../src/features/provenance/receipts/keeper.ts";
import { tell } from "../../../src/features/provenance/verify/tell.ts";
import { verify } from "../../../src/features/provenance/verify/verify.ts";
import { charla, temporary } from "../../fixtures/charla.ts";

/** Made by @semaphore-protocol/core 4.14.2 with snarkjs 0.7.5, for the identity "charla" as leaf 7 of 24. */
const STATEMENT = { scope: "press.example", challenge: "42", claim: "" };
const SECRET = 2383608537323624334672072306288018990747835804223490228827061512902383975990n;
const LEAF = 5529960507618803665958691726372275432920755724960421125030349508880236181097n;
const LEAVES = Array.from({ length: 24 }, (_, at) => (at === 7 ? LEAF : BigInt(at + 1) * 1000003n));
const SEMAPHORE = {
  merkleTreeDepth: 20,
  merkleTreeRoot: "19193869036832839385903173709705953130389067202289375539297749165416066792483",
  nullifier: "12902219909166157199720577365835661949232096389924747569809359468918635156715",
  message: "88333483236681547696202649865360272376753141911610514666017868146704456361732",
  scope: "67148029653425833100494879530884144267450137438297839474614394152693099142936",
  points: [
    "10695592805520788490184038740256663952031533014267555780330385892750919602497",
    "10250134228605129446609966998972019472802385483658932752851425928622216533704",
    "11107223249084690241020938644571023077895971339542155710424011663890264156558",
    "20567544851299392275298523783284068682561435212084110392100577785861679688217",
    "15418020190295571197588296789174874648657408572523275190996215215138359119471",
    "10902107123900249209628891125340959099209106354927020410616945189609658556277",
    "15812794104025906041706997127233702292645292889206706563684623001241567772993",
    "5445081432576147829273417154092896085215050426724651222642916059757605285165",
  ],
};
const ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

const peaksOf = (leaves: readonly bigint[]) =>
  leaves.reduce((peaks, leaf) => withLeaf(peaks, leaf), NOBODY);

describe("the numbers are Semaphore's", () => {
  test("hash, identity, nullifier", () => {
    expect(hashTwo(1n, 2n)).toBe(
      7853200120776062878684798364095072458815029376092732009249414926327459813530n,
    );
    expect(leafOf(SECRET)).toBe(LEAF);
    const scope = scopeNumber(STATEMENT.scope);
    expect(String(scope)).toBe(SEMAPHORE.scope);
    expect(String(messageNumber(STATEMENT))).toBe(SEMAPHORE.message);
    expect(String(nullifierOf(hashed(scope), SECRET))).toBe(SEMAPHORE.nullifier);
    const elsewhere = scopeNumber("other.example");
    expect(String(nullifierOf(hashed(elsewhere), SECRET))).not.toBe(SEMAPHORE.nullifier);
  });

  test.each([
    [1, 1000003n],
    [2, 10311560148296339212375788400737267775639063044763928845959436431245521146979n],
    [3, 8375962119420610913114603849952301655122058813494339816889993991678281552105n],
    [5, 3208770471575281002206220016597540865443902741557133556769005009862514018485n],
    [20, 15060653456817188766654031455433107321141951698845513882459145089382102610475n],
    [21, 7821788489768669402501947255815219651839430577904245866534153153971213724717n],
    [33, 665722873493235859208816054937236031235753527736070380219590883081532882794n],
  ])("the root of a group of %i, by its peaks and by each path", async (size, root) => {
    const leaves = Array.from({ length: size }, (_, at) => BigInt(at + 1) * 1000003n);
    expect(rootOf(peaksOf(leaves))).toBe(root);
    for (const at of new Set([0, size >> 1, size - 1])) {
      const path = await pathOf(leaves, at);
      expect(path.root).toBe(root);
      const up = path.siblings.reduce(
        (node, sibling, level) =>
          (path.index >> BigInt(level)) & 1n ? hashTwo(sibling, node) : hashTwo(node, sibling),
        leaves[at] as bigint,
      );
      expect(up).toBe(root);
    }
  });

  test("no two secrets of one person have the same leaf, and each is made again", () => {
    const master = new Uint8Array(32).fill(7);
    const leaves = [0, 1, 2].map((count) => leafOf(secretOf(master, count)));
    expect(new Set(leaves).size).toBe(3);
    expect(leafOf(secretOf(master, 1))).toBe(leaves[1]);
    expect(leafOf(secretOf(new Uint8Array(32).fill(8), 1))).not.toBe(leaves[1]);
  });

  test("a leaf is exactly 64 digits of a number in the field", () => {
    expect(parseField(fieldText(LEAF))).toBe(LEAF);
    expect(parseField(fieldText(ORDER - 1n))).toBe(ORDER - 1n);
    const upper = fieldText(LEAF).toUpperCase();
    for (const wrong of [fieldText(ORDER), "f".repeat(64), upper, "12", "", undefined, 7]) {
      expect(parseField(wrong)).toBeUndefined();
    }
  });
});

/** A log with these leaves, each in an entry of its own. */
async function logOf(leaves: readonly bigint[], host = "charla.example") {
  const config = readConfig({ engine: "scripted", port: 0, home: temporary() }, {});
  const house = await openHouse({ ...config, publicUrl: `https://${host}` }, () => {});
  onTestFinished(() => house[Symbol.asyncDispose]());
  const { db, vault, ledger, settings } = house.of(provenance) as House;
  const add = async (more: readonly bigint[]) => {
    for (const leaf of more.map(fieldText)) {
      await db.transaction().execute(async (trx) => {
        const entry = { v: 1, ts: new Date().toISOString(), kind: "answer", zkLeaf: leaf };
        await storeLeaf(trx, { seq: await ledger.append(trx, [entry]), leaf });
      });
    }
  };
  await add(leaves);
  const keeper = new Keeper({ db, vault, ledger, settings });
  const append = (entry: LedgerEntry) =>
    db.transaction().execute((trx) => ledger.append(trx, [entry]));
  return { add, append, keeper, ledger, groups: new Groups(db, ledger) };
}

async function fileOf({ keeper, groups }: Awaited<ReturnType<typeof logOf>>) {
  const { entry, index, proof, checkpoint, key } = await keeper.proved((await groups.newest()).seq);
  const group = { entry, index, proof, checkpoint, key };
  const head = { format: "charla.membership", version: 1 } as const;
  return { ...head, statement: STATEMENT, semaphore: SEMAPHORE, group } satisfies MembershipFile;
}

const EXPECTED = { scope: "press.example", challenge: "42" };

test("a group is refused under 20 secrets, made once, and grows with the log", async () => {
  const log = await logOf(LEAVES.slice(0, 19));
  await expect(log.groups.newest()).rejects.toMatchObject({
    code: "membership_group_small",
    params: { leaves: 19, least: 20 },
  });
  expect(await log.groups.renew()).toBeUndefined();
  expect((await log.ledger.checkpoint()).size).toBe(19);
  await log.add(LEAVES.slice(19, 20));
  const first = await log.groups.newest();
  expect(first).toMatchObject({ leaves: 20, before: 20, seq: 20 });
  // Nothing has come: the same, also when several ask at once.
  const again = await Promise.all([log.groups.newest(), log.groups.newest()]);
  expect(again.map(({ seq }) => seq)).toEqual([20, 20]);
  await log.add(LEAVES.slice(20));
  expect(await log.groups.newest()).toMatchObject({ leaves: 24, before: 25 });
  expect(await log.groups.leaves(20)).toEqual(LEAVES.slice(0, 20).map(fieldText));
  await expect(log.groups.leaves(3)).rejects.toMatchObject({ code: "membership_group_unknown" });
});

test("whoever reads the log computes each group's root again", async () => {
  const log = await logOf(LEAVES.slice(0, 22));
  await log.groups.newest();
  await log.add(LEAVES.slice(22));
  await log.groups.newest();
  const { size } = await log.ledger.checkpoint();
  const entries = (await log.ledger.entries(0, size)).map((text) => JSON.parse(text));
  const named = entries.filter(({ kind }) => kind === "group");
  expect(named).toHaveLength(2);
  for (const { root, before, leaves } of named) {
    const own = entries.slice(0, before).flatMap(({ zkLeaf }) => zkLeaf ?? []);
    expect(own).toHaveLength(leaves);
    expect(fieldText(rootOf(peaksOf(own.map((leaf) => BigInt(`0x${leaf}`)))))).toBe(root);
  }
});

test("a proof by Semaphore's own library holds, and says so in both languages", async () => {
  const file = await fileOf(await logOf(LEAVES));
  const keys = [parseVerifier(file.group.key)];
  const seen: string[] = [];
  const report = await verify(JSON.stringify(file), { keys, expected: { ...EXPECTED, seen } });
  expect(report).toMatchObject({ kind: "membership", verdict: "holds" });
  expect(report.receipts[0]?.findings.map(({ state }) => state)).toEqual(Array(7).fill("yes"));
  expect(tell(report, "en").title).toMatch(/^Proved/);
  expect(tell(report, "es").receipts[0]?.lines.map(({ text }) => text)).toContain(
    "Secreto: quien la hizo tiene uno de los 24.",
  );
  // Who has not said what was asked for is told to.
  expect((await verify(JSON.stringify(file), { keys })).verdict).toBe("open");
});

type Change = (file: MembershipFile, other: MembershipFile) => object;
const points =
  (change: (all: string[]) => void): Change =>
  (file) => {
    const all = [...file.semaphore.points];
    change(all);
    return { ...file, semaphore: { ...file.semaphore, points: all } };
  };
const semaphore =
  (more: object): Change =>
  (file) => ({
    ...file,
    semaphore: { ...file.semaphore, ...more },
  });

test.each<[string, Change, string, string?]>([
  ["an altered proof", points((all) => all.splice(0, 1, "1")), "member"],
  ["a point that is on no curve", points((all) => all.splice(2, 2, "5", "5")), "member"],
  ["points that were exchanged", points((all) => all.reverse()), "member"],
  ["another nullifier", semaphore({ nullifier: "5" }), "member"],
  [
    "a nullifier that is the same beyond the field",
    semaphore({ nullifier: String(BigInt(SEMAPHORE.nullifier) + ORDER) }),
    "member",
  ],
  ["another root", semaphore({ merkleTreeRoot: "5" }), "member", "group"],
  ["another message", semaphore({ message: "5" }), "member", "statement"],
  [
    "another claim",
    (file) => ({ ...file, statement: { ...STATEMENT, claim: "I was there." } }),
    "member",
    "statement",
  ],
  ["a foreign group", (file, other) => ({ ...file, group: other.group }), "member", "group"],
  [
    "a group that the log does not have",
    (file) => ({ ...file, group: { ...file.group, entry: { ...file.group.entry, leaves: 99 } } }),
    "group",
  ],
])("refused: %s", async (_name, change, what, why) => {
  const file = await fileOf(await logOf(LEAVES));
  const other = await fileOf(await logOf(LEAVES.slice().reverse(), "other.example"));
  const report = await verify(JSON.stringify(change(file, other)), { expected: EXPECTED });
  expect(report.verdict).toBe("changed");
  const wrong = report.receipts[0]?.findings.filter(({ state }) => state === "no");
  expect(wrong).toMatchObject([{ what, ...(why && { why }) }]);
});

test("refused: a group that is too small, whoever has signed it", async () => {
  const log = await logOf(LEAVES.slice(0, 3));
  const file = await fileOf(await logOf(LEAVES));
  const { ledger, keeper } = log;
  const group = { v: 1, ts: "2026-11-29T00:00:00Z", kind: "group", leaves: 3, before: 3 };
  const root = fieldText(BigInt(SEMAPHORE.merkleTreeRoot));
  const seq = await log.append({ ...group, root });
  expect((await ledger.checkpoint()).size).toBe(4);
  const { entry, index, proof, checkpoint, key } = await keeper.proved(seq);
  const small = { ...file, group: { entry, index, proof, checkpoint, key } };
  const report = await verify(JSON.stringify(small), { expected: EXPECTED });
  const wrong = report.receipts[0]?.findings.filter(({ state }) => state === "no");
  expect(wrong).toMatchObject([{ what: "group", why: "small" }]);
});

test("refused: made for somebody else, for another challenge, or used before", async () => {
  const file = JSON.stringify(await fileOf(await logOf(LEAVES)));
  const wrong = async (expected: object) => {
    const report = await verify(file, { expected: { ...EXPECTED, ...expected } });
    expect(report.verdict).toBe("changed");
    return report.receipts[0]?.findings.flatMap(({ what, state }) => (state === "no" ? what : []));
  };
  expect(await wrong({ scope: "other.example" })).toEqual(["scope"]);
  expect(await wrong({ challenge: "43" })).toEqual(["challenge"]);
  expect(await wrong({ seen: ["1", SEMAPHORE.nullifier] })).toEqual(["nullifier"]);
});

test("what is no such file is said to be broken or newer, whatever it is", async () => {
  const file = await fileOf(await logOf(LEAVES));
  const verdict = async (more: object) =>
    (await verify(JSON.stringify({ ...file, ...more }), { expected: EXPECTED })).verdict;
  expect(await verdict({ version: 2 })).toBe("newer");
  for (const more of [
    { statement: { ...STATEMENT, scope: "x".repeat(1_001) } },
    { statement: { ...STATEMENT, scope: "\ud800" } },
    { statement: { scope: "a" } },
    { semaphore: { ...SEMAPHORE, points: SEMAPHORE.points.slice(1) } },
    { semaphore: { ...SEMAPHORE, points: SEMAPHORE.points.map((one) => `0${one}`) } },
    { semaphore: { ...SEMAPHORE, nullifier: "-1" } },
    { semaphore: { ...SEMAPHORE, merkleTreeDepth: 32 } },
    { group: { ...file.group, checkpoint: "" } },
    { group: { ...file.group, entry: { v: 1, ts: "", kind: "group" } } },
    { extra: 1 },
  ]) {
    expect(await verdict(more), JSON.stringify(more)).toBe("broken");
  }
});

test("charla verify takes a proof once, and then no more", async () => {
  const home = temporary();
  const [file, seen] = [join(home, "proof.json"), join(home, "seen.txt")];
  writeFileSync(file, JSON.stringify(await fileOf(await logOf(LEAVES))));
  const asked = ["verify", file, "--scope", EXPECTED.scope, "--challenge", EXPECTED.challenge];
  const first = await charla([...asked, "--seen", seen], { env: {} });
  expect(first.stdout).toContain("Proved: it comes from somebody who has an answer in this log.");
  expect(first.code).toBe(0);
  const second = await charla([...asked, "--seen", seen], { env: {} });
  expect(second.stdout).toContain("this secret was used for you before");
  expect(second.code).toBe(1);
  const bare = await charla(["verify", file], { env: {} });
  expect(bare.stdout).toContain("say what you have asked for");
  expect(bare.code).toBe(1);
});

test("a question brings its leaf along, and a wrong one is refused before anything is asked", async () => {
  const config = readConfig({ engine: "scripted", port: 0, home: temporary() }, {});
  const app = await startApp(config, () => {});
  onTestFinished(() => app.stop());
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    leaf?: string,
    // biome-ignore lint/suspicious/noExplicitAny: a reply of any route
  ): Promise<any> => {
    const reply = await fetch(app.url + path, {
      ...{ method, ...(body !== undefined && { body: JSON.stringify(body) }) },
      headers: {
        "content-type": "application/json",
        ...(leaf !== undefined && { "charla-zk-leaf": leaf }),
      },
    });
    return reply.headers.get("content-type")?.includes("json") ? reply.json() : reply;
  };
  const ask = async (leaf?: string) => {
    const { id } = await call("POST", "/api/conversations", {});
    const asked = { content: "hello", parentId: null };
    const { answer, error } = await call("POST", `/api/conversations/${id}/turns`, asked, leaf);
    if (error) return error;
    const at = `/api/conversations/${id}/messages/${answer.id}`;
    await (await call("GET", `${at}/stream`)).text();
    return (await call("GET", `${at}/receipt`)).entry;
  };
  const leaf = fieldText(LEAF);
  expect(await ask(leaf)).toMatchObject({ kind: "answer", zkLeaf: leaf });
  expect(await ask()).toMatchObject({ kind: "answer", zkLeaf: null });
  for (const wrong of ["", "0".repeat(64), fieldText(ORDER), "x", "a".repeat(2_000)]) {
    expect(await ask(wrong)).toMatchObject({ code: "membership_leaf_invalid" });
  }
  // By the API, of several answers to one question only one has it.
  const messages = [{ role: "user", content: "hello" }];
  await call("POST", "/v1/chat/completions", { model: "x", n: 2, messages }, fieldText(5n));
  const status = { leaves: 2, least: 20, ready: false };
  expect(await call("GET", "/api/provenance/membership")).toEqual(status);
  expect(await call("POST", "/api/provenance/groups")).toMatchObject({
    error: { code: "membership_group_small", params: { leaves: 2, least: 20 } },
  });
  for (const path of ["groups/0/leaves", "groups/x/leaves", "groups/-1/leaves"]) {
    const { error } = await call("GET", `/api/provenance/${path}`);
    expect(error).toMatchObject({ code: "membership_group_unknown" });
  }
  for (const part of ["semaphore-20.wasm", "semaphore-20.zkey", "..%2f..%2fpolicy.toml"]) {
    const { error } = await call("GET", `/api/provenance/membership/${part}`);
    expect(error).toMatchObject({ code: "membership_parts_missing" });
  }
});

test("by policy there is none, and the header is not looked at", async () => {
  const home = temporary();
  writeFileSync(join(home, "policy.toml"), '[provenance]\nmembership = "off"\n');
  const app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
  onTestFinished(() => app.stop());
  expect((await fetch(`${app.url}/api/provenance/membership`)).status).toBe(404);
  const features = await (await fetch(`${app.url}/api/features`)).text();
  expect(features).toContain('"membership":false');
});
