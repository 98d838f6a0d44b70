/** An assistant that is lent: others see and use it as long as that is so, and change nothing. */
import { expect, test } from "vitest";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";

const MADE = { name: "Proofreader", icon: "✍️", settings: { systemPrompt: "Correct the text." } };

const list = async (browser: Browser) => (await browser.must("GET", "/api/assistants")).items;

test("is seen and used by others as long as it is lent, and theirs to change never", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  const { id } = await ana.must("POST", "/api/assistants", MADE);
  const path = `/api/assistants/${id}`;
  expect(await list(bea)).toEqual([]);
  expect((await bea.call("GET", `${path}/versions`)).status).toBe(404);
  await ana.must("PATCH", path, { lent: true });
  expect(await list(bea)).toMatchObject([{ id, ...MADE, by: "Ana", lent: true }]);
  expect((await bea.must("GET", `${path}/export`)).name).toBe("Proofreader");
  for (const [method, body] of [
    ["PUT", MADE],
    ["PATCH", { lent: false }],
    ["DELETE", undefined],
  ] as const)
    expect((await bea.call(method, path, body)).status, method).toBe(404);

  // A chat is begun with it, says so for good, and keeps what it was.
  const assistant = { id, version: 1, name: MADE.name, icon: MADE.icon };
  const chat = await bea.must("POST", "/api/conversations", {
    settings: { ...MADE.settings, assistant },
  });
  const at = `/api/conversations/${chat.id}`;
  const turn = { content: "hello", parentId: null };
  const { answer } = await bea.must("POST", `${at}/turns`, turn);
  await bea.call("GET", `${at}/messages/${answer.id}/stream`);
  await ana.must("PUT", path, { ...MADE, settings: { systemPrompt: "Otherwise." } });
  expect((await list(bea))[0]).toMatchObject({ version: 2 });
  // What it was before is its owner's alone: it may never have been lent like that.
  expect((await ana.must("GET", `${path}/versions`)).items).toHaveLength(2);
  expect((await bea.call("GET", `${path}/versions`)).status).toBe(404);
  await ana.must("PATCH", path, { lent: false });
  expect(await list(bea)).toEqual([]);
  const kept = await bea.must("GET", at);
  expect(kept.settings).toEqual({ ...MADE.settings, assistant });
  expect(kept.messages[1].details.assistant).toEqual({ name: "Proofreader", version: 1 });
});

test("is nobody's but its owner's where the organisation forbids to lend", async () => {
  const first = await serve();
  const ana = await first.administrator();
  const bea = await first.join(ana, "bea@example.org");
  const { id } = await ana.must("POST", "/api/assistants", MADE);
  await ana.must("PATCH", `/api/assistants/${id}`, { lent: true });
  expect(await list(bea)).toHaveLength(1);
  await first.stop();
  const place = await serve({ home: first.home, policy: "[assistants]\nlending = false\n" });
  const [again, other] = [place.browser(), place.browser()];
  await again.signIn("ana@example.org");
  await other.signIn("bea@example.org");
  expect(await list(other)).toEqual([]);
  const refused = await again.call("PATCH", `/api/assistants/${id}`, { lent: true });
  expect([refused.status, refused.body.error.code]).toEqual([403, "assistant_lending_off"]);
  // What it was lent for before can be ended.
  expect((await again.must("PATCH", `/api/assistants/${id}`, { lent: false })).lent).toBe(false);
});

test("is lent to people by their address, shown to its owner, and taken back at once", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  const eva = await place.join(ana, "eva@example.org");
  const { id, lentTo: nobody } = await bea.must("POST", "/api/assistants", MADE);
  expect(nobody).toEqual([]);
  const path = `/api/assistants/${id}`;
  for (const lendTo of ["nobody@example.org", "bea@example.org"])
    expect(await bea.fails("PATCH", path, { lendTo })).toBe("borrower_unknown");
  const lent = await bea.must("PATCH", path, { lendTo: " Eva@example.org " });
  expect(lent).toMatchObject({ lent: false, lentTo: [{ name: "eva" }] });
  // Twice is once.
  expect((await bea.must("PATCH", path, { lendTo: "eva@example.org" })).lentTo).toHaveLength(1);
  // Whoever borrows it is told by whom, and not who else does.
  await bea.must("PATCH", path, { lendTo: "ana@example.org" });
  expect(await list(eva)).toMatchObject([{ id, ...MADE, by: "bea", lent: false, lentTo: [] }]);
  for (const [method, body] of [
    ["PUT", MADE],
    ["PATCH", { lendTo: "ana@example.org" }],
    ["PATCH", { takeBack: lent.lentTo[0].id }],
    ["DELETE", undefined],
  ] as const)
    expect((await eva.call(method, path, body)).status, method).toBe(404);

  await bea.must("PATCH", path, { takeBack: lent.lentTo[0].id });
  expect(await list(eva)).toEqual([]);
  expect((await eva.call("GET", `${path}/versions`)).status).toBe(404);
  expect(await list(ana)).toHaveLength(1);
  const { items } = await ana.must("GET", "/api/audit");
  const acts = items.filter(({ subject }: { subject: string }) => subject === id);
  expect(acts.map(({ act }: { act: string }) => act).sort()).toEqual([
    ...["assistant.lent", "assistant.lent", "assistant.lent", "assistant.taken_back"],
  ]);
});

test("goes with an erasure of who lends it, and a loan with one of who borrows", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const [bea, eva] = [
    await place.join(ana, "bea@example.org"),
    await place.join(ana, "eva@example.org"),
  ];
  const { id } = await ana.must("POST", "/api/assistants", MADE);
  for (const lendTo of ["bea@example.org", "eva@example.org"])
    await ana.must("PATCH", `/api/assistants/${id}`, { lendTo });
  const report = await eva.must("POST", "/api/rights/erase", { confirm: "eva" });
  expect(JSON.stringify(report)).toContain('"assistant loans"');
  const [left] = await list(ana);
  expect(left.lentTo.map(({ name }: { name: string }) => name)).toEqual(["bea"]);
  const { id: other } = await bea.must("POST", "/api/assistants", MADE);
  await bea.must("PATCH", `/api/assistants/${other}`, { lendTo: "ana@example.org" });
  expect(await list(ana)).toHaveLength(2);
  await bea.must("POST", "/api/rights/erase", { confirm: "bea" });
  expect(await list(ana)).toHaveLength(1);
});
