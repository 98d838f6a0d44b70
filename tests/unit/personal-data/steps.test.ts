/** Masking around a turn that is stored nowhere: tools, JSON, who is asked for names. */
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { askEngine, compose } from "../../../src/core/turn.ts";
import type { Delta, Message, Turn } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { findNames, placesOf } from "../../../src/features/personal-data/names.ts";
import { personalData } from "../../../src/features/personal-data/open.ts";
import { testHouse } from "../../fixtures/house.ts";

const PEM = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----";

/** An engine that can do everything, and answers with these pieces. */
function kitOf(
  answer: (messages: readonly Message[]) => readonly (string | Delta)[],
  given: object = {},
) {
  const engine = {
    ...scripted(),
    grants: ["tools", "grammar", "logprobs"] as const,
    async *generate({ messages }: { messages: readonly Message[] }) {
      yield* answer(messages) as string[];
      yield { reason: "stop", promptTokens: 1, cachedTokens: 0, completionTokens: 1 } as const;
    },
  };
  const house = testHouse({ policy: { personal_data: { floor: "mask", ...given } } });
  const steps = personalData.terminal?.(house.of(personalData)) ?? [];
  return { run: compose(steps, askEngine(only(engine))) };
}

async function answerTo(kit: ReturnType<typeof kitOf>, turn: Partial<Turn>) {
  const sampling = { temperature: 0, topP: 1, maxTokens: 10 };
  const { signal } = new AbortController();
  let text = "";
  let call: string | undefined;
  const all = { messages: [], sampling, origin: "api", signal, ...turn };
  for await (const delta of kit.run(all)) {
    if (delta.type !== "text") continue;
    text += delta.text;
    call ??= delta.toolCall?.arguments;
  }
  return { text, call };
}

const user = (content: string) => ({ role: "user" as const, content });

test("the arguments of a call come with the values, as JSON has them", async () => {
  const seen: string[] = [];
  const kit = kitOf((messages) => {
    seen.push(JSON.stringify(messages));
    const toolCall = { id: "1", name: "store", arguments: '{"key":"[SECRET_1]","dni":"[DNI_1]"}' };
    return ["Storing ", "[DNI", "_1]", { type: "text", text: "", toolCall }];
  });
  const earlier = { id: "0", name: "look", arguments: '{"dni":"12345678Z"}' };
  const { text, call } = await answerTo(kit, {
    messages: [{ role: "assistant", content: "", toolCalls: [earlier] }, user(`12345678Z ${PEM}`)],
  });
  expect(text).toBe("Storing 12345678Z");
  expect(JSON.parse(call ?? "")).toEqual({ key: PEM, dni: "12345678Z" });
  expect(seen.join()).not.toMatch(/12345678Z|MIIB/);
});

test("an answer in JSON stays JSON, whatever is put back", async () => {
  const kit = kitOf(() => ['{"key": "[SEC', 'RET_1]"}']);
  const { text } = await answerTo(kit, {
    messages: [user(PEM)],
    extras: { grammar: { type: "json_object" } },
  });
  expect(JSON.parse(text)).toEqual({ key: PEM });
});

test("calls stay masked where the policy wants answers so", async () => {
  const toolCall = { id: "1", name: "store", arguments: '{"dni":"87654321X"}' };
  const kit = kitOf(() => [{ type: "text", text: "", toolCall }], { restore_in_api: false });
  const { call } = await answerTo(kit, { messages: [user("hola")] });
  expect(call).toBe('{"dni":"[DNI_1]"}');
});

test("names are what stands in the text as a whole word", async () => {
  const reply = '{"names": ["Ana", "Nobody", "Ana Pérez", "x"], "addresses": ["calle Mayor"]}';
  const asked: Turn[] = [];
  const run = async function* (turn: Turn): AsyncGenerator<Delta> {
    asked.push(turn);
    yield { type: "text", text: reply };
  };
  const text = "Ana Pérez y Ana, no Anabel, en la calle Mayor. [NAME_1]";
  const found = await findNames(run, text, new AbortController().signal);
  expect(found.map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)).toEqual([
    "name Ana Pérez",
    "name Ana",
    "address calle Mayor",
  ]);
  expect(asked[0]?.extras?.grammar?.type).toBe("json_schema");
});

test("a model that gives no JSON has found nothing", async () => {
  const run = async function* (): AsyncGenerator<Delta> {
    yield { type: "text", text: '{"names": ["Ana' };
  };
  expect(await findNames(run, "Ana", new AbortController().signal)).toEqual([]);
});

test("a placeholder is never a part of a name", () => {
  const said = new Map([["NAME", "name"] as const, ["de [NAME_1]", "name"] as const]);
  expect(placesOf("Casa de [NAME_1]", said)).toEqual([]);
});
