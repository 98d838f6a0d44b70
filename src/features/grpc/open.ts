/**
 * gRPC, gRPC-Web and Connect, where the settings give them a port: each method is a route like any
 * other, so that the same doors, limits and measures stand before it. On the port of the page they are
 * there as well, for browsers (gRPC-Web, Connect). The libraries are loaded with the first call.
 * Sources: grpc/grpc, doc/PROTOCOL-HTTP2.md and PROTOCOL-WEB.md; connectrpc.com, "Protocol reference".
 */
import { openable } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import { Calls } from "./calls.ts";
import { RPCS } from "./methods.ts";
import type { Services } from "./services.ts";

/** Largest message that is taken, in bytes. */
const MAX_BYTES = 2 ** 22;

export const grpc = openable({
  name: "grpc",
  open(house) {
    const { grpcPort } = house.settings;
    if (grpcPort === undefined) return {};
    const stopping = new AbortController();
    let services: Promise<Services> | undefined;
    const calls = new Calls(() => {
      services ??= import("./services.ts").then((all) =>
        all.services(house, MAX_BYTES, stopping.signal),
      );
      return services;
    });
    const paths = new Set(RPCS.map(({ path }) => path));
    return {
      ports: [grpcPort],
      gates: ({ path }) => (paths.has(path) ? [calls.gate(path)] : []),
      routes: RPCS.map(({ path, access, computes, summary }) =>
        route({
          ...{ method: "post", path, summary, maxBytes: MAX_BYTES, repeatable: true },
          ...(access && { access }),
          ...(computes && { computes }),
          handle: ({ log }) => calls.answer(path, log),
        }),
      ),
      stop: () => stopping.abort(),
    };
  },
});
