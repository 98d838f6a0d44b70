/** A remote server that several people ask through one Charla: its cache must not tell on them. */
import { expect, test } from "vitest";
import { end, fake, say } from "./fake.ts";
import { read } from "./port.ts";
import { CHAT, engineOf, models, ollama, request } from "./remote-asking.ts";

const vllm = models({ id: "qwen", owned_by: "vllm", max_model_len: 32_768 });

/** Asks for each person. @returns the salts that were sent, and the cached tokens that were told */
async function ask(routes: object, shared: boolean, people: readonly (string | undefined)[]) {
  await using server = await fake({
    ...routes,
    [CHAT]: (_, response) => {
      say(response, "Good ", "day");
      const details = { prompt_tokens_details: { cached_tokens: 4 } };
      return end(response, "stop", { prompt_tokens: 9, completion_tokens: 2, ...details });
    },
  });
  const engine = await engineOf(server, { shared });
  const cached: number[] = [];
  for (const user of people)
    cached.push((await read(engine, request({ user }))).ending.cachedTokens);
  const chats = server.asked.filter(({ path }) => path.endsWith("/chat/completions"));
  return { cached, salts: chats.map(({ body }) => body.cache_salt) };
}

test("vLLM keeps people apart by a word that names nobody", async () => {
  const people = ["ana", "eva", "ana", undefined];
  const { cached, salts } = await ask(vllm, true, people);
  const [ana, eva, again, nobody] = salts;
  expect(again).toBe(ana);
  expect(new Set([ana, eva, nobody]).size).toBe(3);
  for (const salt of salts) expect(salt).toMatch(/^[\w-]{43}$/);
  expect(cached).toEqual([0, 0, 0, 0]);
  // Another start has other words, which nobody can compute.
  expect((await ask(vllm, true, ["ana"])).salts).not.toContain(ana);
});

test("a server that knows no such word is sent none, and its count is told to nobody", async () => {
  expect(await ask(ollama, true, ["ana"])).toEqual({ cached: [0], salts: [undefined] });
});

test("who is alone is told the count, and shares the cache with nobody", async () => {
  expect(await ask(vllm, false, ["ana"])).toEqual({ cached: [4], salts: [undefined] });
});
