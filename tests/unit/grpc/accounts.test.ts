/** Where people have accounts: who may call what, and what limits say, by each protocol. */
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { serve } from "../../fixtures/shared-mode.ts";
import { client, type Json, type Protocol, portOf, registry, transport } from "./place.ts";

const PROTOCOLS: readonly Protocol[] = ["grpc", "grpc-web", "connect"];
const QUESTION = { messages: [{ role: "user", content: "Hi" }] };
const POLICY = `
[limits]
requests_per_minute = { person = 0, key = 6, address = 0 }
`;

async function refusal(call: () => Promise<unknown>): Promise<ConnectError> {
  try {
    await call();
  } catch (thrown) {
    if (thrown instanceof ConnectError) return thrown;
    throw thrown;
  }
  throw new Error("it was answered");
}
const about = (error: ConnectError, name: string): Json =>
  error.findDetails(registry.getMessage(`google.rpc.${name}`) as Json)[0];

test("keys open what they are made for, and limits count all protocols together", async () => {
  const place = await serve({ grpcPort: 0, policy: POLICY });
  const ana = await place.administrator();
  const key = async (...scopes: string[]): Promise<string> =>
    (await ana.must("POST", "/api/auth/keys", { name: "Laptop", scopes, days: 30 })).secret;
  const [chats, reads] = [await key("chat"), await key("models:read")];
  const url = portOf(place.app);
  const answer = (protocol: Protocol, secret?: string) => () =>
    Array.fromAsync(client("charla.v1.Chat", transport(protocol, url, secret)).answer(QUESTION));
  for (const protocol of PROTOCOLS) {
    const nobody = await refusal(answer(protocol));
    expect(nobody.code).toBe(Code.Unauthenticated);
    expect(about(nobody, "ErrorInfo").reason).toBe("NOT_SIGNED_IN");
    expect((await refusal(answer(protocol, "wrong"))).code).toBe(Code.Unauthenticated);
    const reader = await refusal(answer(protocol, reads));
    expect(reader.code).toBe(Code.PermissionDenied);
    expect(about(reader, "ErrorInfo").reason).toBe("KEY_NOT_ALLOWED");
    const health = client("grpc.health.v1.Health", transport(protocol, url));
    expect(await health.check({})).toMatchObject({ status: 1 });
    const models = client("charla.v1.Models", transport(protocol, url, reads));
    expect((await models.list({})).models).toHaveLength(1);
  }
  for (const protocol of [...PROTOCOLS, ...PROTOCOLS]) await answer(protocol, chats)();
  for (const protocol of PROTOCOLS) {
    const limited = await refusal(answer(protocol, chats));
    expect(limited.code).toBe(Code.ResourceExhausted);
    expect(about(limited, "ErrorInfo").reason).toBe("RATE_LIMITED");
    expect(Number(about(limited, "RetryInfo").retryDelay.seconds)).toBeGreaterThan(0);
  }
});
