/** A provider of OpenID Connect (Core 1.0) on this machine: discovery, keys, and the code flow. */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Claims {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name?: string;
}

const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

export async function startProvider() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const asked = new Map<string, { claims: Claims; nonce: string; challenge: string }>();
  /** What the next tokens are signed with, and what they say beside the claims. */
  const mischief: { key?: "stranger"; more?: object } = {};
  const exchanged: URLSearchParams[] = [];

  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", issuer);
    const send = (body: object) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(body));
    };
    if (pathname === "/.well-known/openid-configuration") {
      return send({
        ...{ issuer, authorization_endpoint: `${issuer}/authorize` },
        ...{ token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` },
        id_token_signing_alg_values_supported: ["RS256"],
      });
    }
    if (pathname === "/keys") {
      return send({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256" }] });
    }
    const form = new URLSearchParams(await text(request));
    exchanged.push(form);
    const one = asked.get(form.get("code") ?? "");
    asked.delete(form.get("code") ?? "");
    const verifier = form.get("code_verifier") ?? "";
    // RFC 7636.
    if (one?.challenge !== createHash("sha256").update(verifier).digest("base64url")) {
      response.statusCode = 400;
      return send({ error: "invalid_grant" });
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: issuer, aud: "charla", iat: now, exp: now + 300, nonce: one.nonce },
      ...one.claims,
      ...mischief.more,
    };
    const head = `${json({ alg: "RS256", kid: "1" })}.${json(claims)}`;
    const key = mischief.key ? stranger.privateKey : privateKey;
    const signature = sign("sha256", Buffer.from(head), key).toString("base64url");
    const tokens = { access_token: "secret-of-the-provider", token_type: "Bearer" };
    return send({ ...tokens, id_token: `${head}.${signature}` });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  /** What somebody does there: signs in, and is sent back. @returns the callback's path */
  function signIn(url: string, claims: Claims): string {
    const { searchParams: given } = new URL(url);
    const code = randomBytes(8).toString("hex");
    const [nonce, challenge] = [given.get("nonce") ?? "", given.get("code_challenge") ?? ""];
    asked.set(code, { claims, nonce, challenge });
    const back = new URL(given.get("redirect_uri") ?? "");
    return `${back.pathname}?${new URLSearchParams({ code, state: given.get("state") ?? "" })}`;
  }
  return { issuer, signIn, mischief, exchanged };
}
