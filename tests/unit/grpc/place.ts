/** Charla with a gRPC port, and clients of Connect's own for it, over real sockets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { onTestFinished } from "vitest";
import { type App, startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { Engines } from "../../../src/core/engine.ts";
import { readProtos } from "../../../src/features/grpc/protos.ts";

// biome-ignore lint/suspicious/noExplicitAny: messages are described when the protos are read
export type Json = any;

export const { registry } = readProtos();
const service = (name: string) => registry.getService(name) as DescService;
/** By the names of the methods. */
type Calls = Json;

export const client = (name: string, transport: Transport): Calls =>
  createClient(service(name), transport) as Client<DescService> as Calls;

/** With what an API key sends. */
const keyed = (key?: string): Interceptor[] =>
  key === undefined
    ? []
    : [
        (next) => (request) => {
          request.header.set("authorization", `Bearer ${key}`);
          return next(request);
        },
      ];

export type Protocol = "grpc" | "grpc-web" | "connect";

/** @param url of the page's port or of gRPC's */
export function transport(protocol: Protocol, url: string, key?: string): Transport {
  const options = { baseUrl: url, interceptors: keyed(key) };
  if (protocol === "grpc") return createGrpcTransport(options);
  if (protocol === "grpc-web") return createGrpcWebTransport(options);
  return createConnectTransport({ ...options, httpVersion: "1.1" });
}

export interface Place {
  readonly app: App;
  /** Of gRPC's port. */
  readonly url: string;
  readonly logged: readonly unknown[];
}

/** In solo mode, on a folder of its own. */
export async function solo(engines?: Engines): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), "charla-grpc-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const logged: unknown[] = [];
  const settings = { home, port: 0, grpcPort: 0, engine: "scripted" };
  const log = (...line: unknown[]) => void logged.push(line);
  const app = await startApp(readConfig(settings, {}), log, { engines });
  onTestFinished(() => app.stop());
  return { app, url: portOf(app), logged };
}

export const portOf = (app: App) => `http://127.0.0.1:${app.ports[0]}`;
