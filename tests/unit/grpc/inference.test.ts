/** The Open Inference Protocol, its stream and its refusals; Triton's own client is in `with-python`. */
import { Code, type ConnectError } from "@connectrpc/connect";
import { expect, it, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { toy } from "../../fixtures/toy.ts";
import { client, type Json, solo, transport } from "./place.ts";

const text = (name: string, ...values: string[]) => ({
  ...{ name, datatype: "BYTES", shape: [BigInt(values.length)] },
  contents: { bytesContents: values.map((one) => Buffer.from(one)) },
});
const flag = (name: string, value: boolean) => ({
  ...{ name, datatype: "BOOL", shape: [1n], contents: { boolContents: [value] } },
});
const said = ({ outputs }: Json) => Buffer.from(outputs[0].contents.bytesContents[0]).toString();

async function open() {
  const { engine, asked } = toy(({ messages }) => [`You said ${messages.at(-1)?.content}`]);
  const { url } = await solo(only(engine));
  return { asked, triton: client("inference.GRPCInferenceService", transport("grpc", url)) };
}

test("a whole answer, with what Triton's examples send as sampling", async () => {
  const { asked, triton } = await open();
  const parameters = JSON.stringify({ temperature: "0.1", top_p: "0.95", max_tokens: 20, seed: 3 });
  const inputs = [text("text_input", "hello"), text("sampling_parameters", parameters)];
  const reply = await triton.modelInfer({ modelName: "toy", id: "7", inputs });
  expect(reply).toMatchObject({ modelName: "toy", id: "7" });
  expect(said(reply)).toBe("You said hello");
  const sampling = { temperature: 0.1, topP: 0.95, maxTokens: 20, seed: 3 };
  expect(asked[0]?.sampling).toMatchObject(sampling);
});

test("a stream answers one request after the other, and goes on after one that is wrong", async () => {
  const { triton } = await open();
  async function* requests() {
    const parameters = {
      triton_enable_empty_final_response: {
        parameterChoice: { case: "boolParam", value: true },
      },
    };
    const inputs = [text("text_input", "hello"), flag("stream", true)];
    yield { modelName: "toy", id: "1", inputs, parameters };
    yield { modelName: "toy", id: "2", inputs: [] };
    yield { modelName: "toy", id: "3", inputs: [text("text_input", "again")] };
  }
  const replies: Json[] = await Array.fromAsync(triton.modelStreamInfer(requests()));
  const of = (id: string) => replies.filter(({ inferResponse }) => inferResponse.id === id);
  const first = of("1").map(({ inferResponse }) => inferResponse);
  expect(first.slice(0, -1).map(said).join("")).toBe("You said hello");
  expect(first.length).toBeGreaterThan(2);
  const last = ({ parameters }: Json) => parameters.triton_final_response.parameterChoice.value;
  expect(first.map(last)).toEqual([...first.slice(1).map(() => false), true]);
  expect(of("2")).toMatchObject([{ errorMessage: expect.stringContaining("text_input") }]);
  expect(of("3").map(({ inferResponse }) => said(inferResponse))).toEqual(["You said again"]);
});

it.each([
  ["no text", []],
  ["two texts", [text("text_input", "a", "b")]],
  ["one twice", [text("text_input", "a"), text("text_input", "b")]],
  ["an unknown tensor", [text("text_input", "a"), text("image", "b")]],
  ["another type", [{ ...text("text_input", "a"), datatype: "FP32" }]],
  ["a stream", [text("text_input", "a"), flag("stream", true)]],
  ["unknown sampling", [text("text_input", "a"), text("sampling_parameters", '{"beams":2}')]],
  ["no JSON", [text("text_input", "a"), text("sampling_parameters", "{")]],
  ["no text but bytes", [{ ...text("text_input"), contents: { bytesContents: [Buffer.of(255)] } }]],
])("refuses %s", async (_name, inputs) => {
  const { triton } = await open();
  const error: ConnectError = await triton.modelInfer({ inputs }).catch((one: Json) => one);
  expect(error.code).toBe(Code.InvalidArgument);
});

it("refuses raw bytes that end within a text", async () => {
  const { triton } = await open();
  const inputs = [{ name: "text_input", datatype: "BYTES", shape: [1n] }];
  const call = (raw: Buffer) => triton.modelInfer({ inputs, rawInputContents: [raw] });
  const whole = await call(Buffer.from("\x02\0\0\0hi", "latin1"));
  expect(Buffer.from(whole.rawOutputContents[0]).toString("latin1")).toBe("\x0b\0\0\0You said hi");
  const cut: ConnectError = await call(Buffer.from("\x09\0\0\0hi", "latin1")).catch(
    (one: Json) => one,
  );
  expect(cut.code).toBe(Code.InvalidArgument);
});

it("knows the models that there are, in the one version that they have", async () => {
  const { triton } = await open();
  expect(await triton.modelReady({ name: "toy" })).toMatchObject({ ready: true });
  const { inputs, outputs } = await triton.modelMetadata({ name: "toy", version: "1" });
  expect([...inputs, ...outputs].map(({ name }: Json) => name)).toContain("text_output");
  for (const wrong of [{ name: "other" }, { name: "toy", version: "2" }]) {
    const error: ConnectError = await triton.modelReady(wrong).catch((one: Json) => one);
    expect(error.code).toBe(Code.NotFound);
  }
});

it("serves while a model is ready, tells watchers, and knows its services", async () => {
  const engine = scripted();
  let state: "ready" | "loading" = "ready";
  const engines = { ...only(engine), status: () => ({ state, model: engine.card }) };
  const { url } = await solo(engines);
  const health = client("grpc.health.v1.Health", transport("grpc", url));
  expect(await health.check({ service: "charla.v1.Chat" })).toMatchObject({ status: 1 });
  const error: ConnectError = await health.check({ service: "x" }).catch((one: Json) => one);
  expect(error.code).toBe(Code.NotFound);
  const seen: number[] = [];
  for await (const { status } of health.watch({})) {
    seen.push(status);
    state = "loading";
    if (seen.length === 2) break;
  }
  expect(seen).toEqual([1, 2]);
});
