/** How much may be stored of a person, in the product with accounts. */
import { expect, test } from "vitest";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";

const POLICY = "[limits]\nmegabytes_stored = 1\n\n[sharing]\nenabled = true\n";

/** Asks in a chat of its own, and waits until the answer is stored. */
async function ask(person: Browser, characters: number) {
  const { id } = await person.must("POST", "/api/conversations", {});
  const body = { content: "x".repeat(characters), parentId: null };
  const turn = await person.call("POST", `/api/conversations/${id}/turns`, body);
  if (turn.status < 300) {
    const path = `/api/conversations/${id}/messages/${turn.body.answer.id}/stream`;
    await person.call("GET", path);
  }
  return { id, code: turn.body.error?.code, status: turn.status };
}

test("a person's chats and links have a limit, which stops nobody else", async () => {
  const place = await serve({ policy: POLICY });
  const ana = await place.administrator();
  const mia = await place.join(ana, "mia@example.org");
  const first = await ask(mia, 300_000);
  expect(first.status).toBe(200);
  // What was written in answer counts as well; a copy is counted when it is there.
  const path = `/api/conversations/${first.id}`;
  const links: string[] = [];
  for (let link = 0; link < 3; link++)
    links.push(await mia.fails("POST", `${path}/shares`, { days: 7 }));
  expect(links).toContain("person_storage_full");
  expect(links[0]).toBe("");
  const refused = await mia.call("POST", "/api/conversations", {});
  expect(refused).toMatchObject({ status: 507, body: { error: { params: { megabytes: 1 } } } });
  const exported = await mia.call("GET", `${path}/export?format=json`);
  expect(await mia.fails("POST", "/api/conversations/import", exported.body)).toBe(
    "person_storage_full",
  );
  // To read and to delete is not to store; others have room of their own.
  expect((await mia.call("GET", path)).body.messages).toHaveLength(2);
  expect((await ask(ana, 300_000)).status).toBe(200);
  // What can still be restored is still there.
  expect((await mia.call("DELETE", path)).status).toBeLessThan(300);
  expect(await mia.fails("POST", "/api/conversations", {})).toBe("person_storage_full");
});

test("who is alone, and whoever is given no limit, stores what there is room for", async () => {
  const place = await serve({ policy: POLICY.replace("= 1", "= 0") });
  const ana = await place.administrator();
  for (const size of [400_000, 400_000]) expect((await ask(ana, size)).status).toBe(200);
});
