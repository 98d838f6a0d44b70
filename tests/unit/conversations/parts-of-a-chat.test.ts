/** Long chats are read in parts: the newest of a branch, then those above, with what stands beside them. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { partOf, pathTo } from "../../../src/features/conversations/tree.ts";
import { serveTemporarily } from "./home.ts";
import type { TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

/** Trees: each message stands below one that was made before it, or at the root. */
const trees = fc.array(fc.nat(), { minLength: 1, maxLength: 60 }).map((picks) =>
  picks.map((pick, at) => ({
    id: `m${at}`,
    parentId: pick % (at + 1) === at ? null : `m${pick % (at + 1)}`,
  })),
);

describe("the parts of a chat", () => {
  it("make up its branch, each once, with every version of each message", () => {
    fc.assert(
      fc.property(trees, fc.nat(), fc.integer({ min: 1, max: 9 }), (nodes, pick, last) => {
        const leaf = nodes[pick % nodes.length]?.id ?? "";
        const branch = pathTo(nodes, leaf);
        const got: string[] = [];
        let before: string | undefined;
        for (let earlier = branch.length; earlier > 0; ) {
          const part = partOf(nodes, leaf, { last, before });
          const here = branch.filter(({ id }) => part.ids.includes(id));
          expect(part.earlier).toBe(Math.max(0, earlier - last));
          expect(here).toHaveLength(earlier - part.earlier);
          const parents = new Set(here.map(({ parentId }) => parentId));
          const beside = nodes.filter(({ parentId }) => parents.has(parentId));
          expect(part.ids).toEqual(beside.map(({ id }) => id));
          got.unshift(...part.ids);
          earlier = part.earlier;
          before = here[0]?.id;
        }
        expect(new Set(got).size).toBe(got.length);
        expect(branch.every(({ id }) => got.includes(id))).toBe(true);
      }),
    );
  });

  it("come by the route, which gives all where none is asked for", async () => {
    server = await serveTemporarily();
    const { id } = await server.create();
    let parent: string | null = null;
    for (const content of ["one", "two", "three"]) {
      const { answer } = await server.ask(id, content, parent);
      parent = (await server.ended(id, answer.id)).id;
    }
    const whole = await server.read(id);
    expect(whole.messages).toHaveLength(6);
    expect(whole).not.toHaveProperty("earlier");
    const part = async (query: string) =>
      (await server.call("GET", `/api/conversations/${id}?${query}`)).body;
    const newest = await part("last=2");
    expect(newest).toEqual({ ...whole, messages: whole.messages.slice(4), earlier: 4 });
    const above = await part(`last=3&before=${newest.messages[0].id}`);
    expect(above).toEqual({ ...whole, messages: whole.messages.slice(1, 4), earlier: 1 });
    // All that there is, in one part: then nothing is missing of other branches either.
    expect(await part("last=6")).toEqual(whole);
    const { status } = await server.call("GET", `/api/conversations/${id}?last=0`);
    expect(status).toBe(400);
    const other = await server.call("GET", `/api/conversations/${id}?last=2`, undefined, "eva");
    expect(other.body.error.code).toBe("conversation_not_found");
  });
});
