/** `file_search` in `/v1/responses` by OpenAI's client: who searches, what is told of it, and whose files. */
import OpenAI, { toFile } from "openai";
import { expect, test } from "vitest";
import { only, type Request } from "../../../src/core/engine.ts";
import { notGranted } from "../../../src/core/refusals.ts";
import { type Browser, type Place, serve } from "../../fixtures/shared-mode.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";

const QUESTION = "Which colour has the boat?";

async function keyed(place: Place, person: Browser, scopes: readonly string[]) {
  const { secret } = await person.must("POST", "/api/auth/keys", { name: "k", scopes, days: 1 });
  return new OpenAI({ apiKey: secret, baseURL: `${place.origin}/v1`, maxRetries: 0 });
}

/** A store with two files, and an engine that says what a test wants. */
async function shelf(say: (request: Request) => readonly Saying[]) {
  const { engine, asked } = toy(say);
  const place = await serve({ engines: () => only(engine) });
  const ana = await place.administrator();
  const client = await keyed(place, ana, ["chat", "files:read", "files:write"]);
  const { id: store } = await client.vectorStores.create({ name: "Vehicles" });
  const put = async (name: string, content: string, kind: string) => {
    const file = await toFile(Buffer.from(content), name);
    const { id } = await client.vectorStores.files.uploadAndPoll(store, file, {
      pollIntervalMs: 20,
    });
    await client.vectorStores.files.update(id, { vector_store_id: store, attributes: { kind } });
    return id;
  };
  const boat = await put("boat.txt", "The boat is painted in azul marino.", "boat");
  const car = await put("car.txt", "The colour of the car is red.", "car");
  return { place, ana, client, store, boat, car, asked };
}

const search = (store: string, more: object = {}) => ({
  ...{ type: "file_search" as const, vector_store_ids: [store], ...more },
});
const last = ({ messages }: Request) => messages.at(-1);
/** Searches once, and then answers by the first passage. */
const searching = (request: Request): readonly Saying[] =>
  last(request)?.toolCallId === undefined
    ? ["Let me see.", calling("file_search", { queries: ["colour of the boat"] })]
    : ["It is azul marino [1]."];

test("a model searches when it wants to, and what it found is told and cited", async () => {
  const { client, store, boat, asked } = await shelf(searching);
  const response = await client.responses.create({
    ...{ model: "toy", input: QUESTION, include: ["file_search_call.results"] },
    tools: [search(store, { filters: { type: "eq", key: "kind", value: "boat" } })],
  });
  expect(response.output_text).toBe("Let me see.It is azul marino [1].");
  expect(response.output).toMatchObject([
    { type: "message", content: [{ text: "Let me see.", annotations: [] }] },
    {
      ...{ type: "file_search_call", status: "completed", queries: ["colour of the boat"] },
      results: [
        {
          ...{ file_id: boat, filename: "boat.txt", score: 1, attributes: { kind: "boat" } },
          text: "The boat is painted in azul marino.",
        },
      ],
    },
    {
      type: "message",
      content: [
        {
          text: "It is azul marino [1].",
          annotations: [{ type: "file_citation", file_id: boat, filename: "boat.txt", index: 18 }],
        },
      ],
    },
  ]);
  expect(response.tools).toMatchObject([{ type: "file_search", vector_store_ids: [store] }]);
  // The guard has marked it as a text from outside.
  expect(asked).toHaveLength(2);
  expect(last(asked[1] as Request)?.content).toMatch(
    /begin of tool file_search[\s\S]*\[1\][\s\S]*The boat is painted/,
  );
  expect(asked[0]?.extras?.tools?.list.map(({ name }) => name)).toEqual(["file_search"]);
  expect(response.usage?.output_tokens).toBe(3 + 5);
  // What is gone on with is not told again, and can be named item by item.
  const [, call] = response.output;
  await client.responses.create({ model: "toy", input: "x", previous_response_id: response.id });
  await client.responses.create({
    ...{ model: "toy", input: [{ type: "item_reference", id: call?.id ?? "" }, ...again] },
  });
  const echoed = response.output as OpenAI.Responses.ResponseInputItem[];
  await client.responses.create({ model: "toy", input: [...again, ...echoed, ...again] });
  expect(last(asked.at(-1) as Request)?.content).toBe("Again");
});

const again = [{ role: "user" as const, content: "Again" }];

test("a stream tells of the search in the order of the reference, and of no results unasked", async () => {
  const { client, store } = await shelf(searching);
  const events: string[] = [];
  const stream = client.responses.stream({ model: "toy", input: QUESTION, tools: [search(store)] });
  for await (const { type } of stream) events.push(type.replace("response.", ""));
  const at = events.indexOf("file_search_call.in_progress");
  expect(events.slice(at - 2, at + 6)).toEqual([
    ...["output_item.done", "output_item.added", "file_search_call.in_progress"],
    ...["file_search_call.searching", "file_search_call.completed", "output_item.done"],
    ...["output_item.added", "content_part.added"],
  ]);
  const { output } = await stream.finalResponse();
  expect(output[1]).toMatchObject({ type: "file_search_call", results: null });
});

test("functions of the program are called once nothing is to be searched for", async () => {
  const paint = {
    ...{ type: "function" as const, name: "paint", strict: true },
    parameters: { type: "object", properties: {}, required: [], additionalProperties: false },
  };
  const { client, store, asked } = await shelf((request) =>
    last(request)?.toolCallId === undefined
      ? [calling("paint", {}, "c1"), calling("file_search", { queries: ["boat"] }, "c2")]
      : [calling("paint", {}, "c3")],
  );
  const { output } = await client.responses.create({
    ...{ model: "toy", input: QUESTION, tools: [paint, search(store)] },
  });
  expect(output).toMatchObject([
    { type: "file_search_call" },
    { type: "function_call", name: "paint", call_id: "c3" },
  ]);
  expect(asked[0]?.extras?.tools?.list.map(({ name }) => name)).toEqual(["paint", "file_search"]);
});

test("a model that searches without end is stopped, and its odd arguments are told to it", async () => {
  let count = 0;
  const { client, store, asked } = await shelf(({ extras }) => {
    count += 1;
    if (extras?.tools?.choice === "none") return ["Done."];
    const given =
      count === 1 ? { words: 1 } : count === 2 ? { query: "boat" } : { queries: ["car"] };
    return [calling("file_search", given, `c${count}`)];
  });
  const { output, output_text } = await client.responses.create({
    ...{ model: "toy", input: QUESTION, tools: [search(store)] },
  });
  expect(output_text).toBe("Done.");
  expect(output.filter(({ type }) => type === "file_search_call")).toMatchObject([
    ...[{ queries: ["boat"] }, { queries: ["car"] }, { queries: ["car"] }],
  ]);
  expect(last(asked[1] as Request)?.content).toContain("The arguments do not fit");
});

test("a model that does not hear that it may search no more is ended, and so is a step of many calls", async () => {
  let count = 0;
  const { client, store, asked } = await shelf(() => {
    count += 1;
    const calls = count === 1 ? 9 : 1;
    return Array.from({ length: calls }, (_, at) =>
      calling("file_search", { queries: ["car"] }, `c${count}-${at}`),
    );
  });
  const response = await client.responses.create({
    ...{ model: "toy", input: QUESTION, tools: [search(store)] },
  });
  // Four calls of the first step, one of each of the next three, and none when none is offered.
  expect(response.output.map(({ type }) => type)).toEqual(Array(7).fill("file_search_call"));
  expect(asked).toHaveLength(6);
  expect(response.status).toBe("incomplete");
  const told = asked.at(-1)?.messages.filter(({ toolCallId }) => toolCallId !== undefined) ?? [];
  const answered = told.map(({ content }) => content.includes("The colour of the car is red"));
  const first = [...Array(4).fill(true), ...Array(5).fill(false)];
  expect(answered).toEqual([...first, true, true, true, false]);
  expect(told[8]?.content).toContain("no more searches");
});

test("the question is searched for first where that is asked for, or the model knows no tools", async () => {
  let able = true;
  const { client, store, boat, asked } = await shelf(({ extras }) => {
    if (!able && extras?.tools) throw notGranted("toy", "tools");
    return ["It is azul marino [1]."];
  });
  const ask = (more: object) =>
    client.responses.create({
      ...{ model: "toy", input: QUESTION, tools: [search(store)], ...more },
    });
  const found = [
    { type: "file_search_call", queries: [QUESTION] },
    { type: "message", content: [{ annotations: [{ type: "file_citation", file_id: boat }] }] },
  ];
  expect((await ask({ tool_choice: "required" })).output).toMatchObject(found);
  expect((await ask({ tool_choice: { type: "file_search" } })).output).toMatchObject(found);
  able = false;
  expect((await ask({})).output).toMatchObject(found);
  const prompt = asked.at(-1)?.messages.map(({ content }) => content);
  expect(prompt?.join("\n")).toMatch(
    /begin of document boat\.txt[\s\S]*azul marino[\s\S]*Which colour/,
  );
  expect((await ask({ tool_choice: "none" })).output).toMatchObject([{ type: "message" }]);
});

test("nobody searches in what is not theirs, and what is wrong is refused by name", async () => {
  const { place, ana, client, store } = await shelf(searching);
  const bea = await place.join(ana, "bea@example.org");
  const other = await keyed(place, bea, ["chat", "files:read"]);
  const narrow = await keyed(place, ana, ["chat"]);
  const ask = (one: OpenAI, ...tools: object[]) =>
    one.responses
      .create({ model: "toy", input: QUESTION, tools: tools as OpenAI.Responses.FileSearchTool[] })
      .then(
        () => "answered",
        ({ status, code, param }) => `${status} ${code} ${param}`,
      );
  expect(await ask(other, search(store))).toBe("404 store_not_found null");
  expect(await ask(narrow, search(store))).toBe("403 files_not_allowed tools");
  expect(await ask(client, search("none"))).toBe("404 store_not_found null");
  expect(await ask(client, search(store), search(store))).toBe("400 invalid_value tools");
  expect(await ask(client, search(store, { max_num_results: 51 }))).toBe(
    "400 invalid_value tools[0].max_num_results",
  );
  expect(await ask(client, { type: "web_search" })).toBe("400 invalid_value tools[0].type");
});
