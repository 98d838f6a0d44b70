/**
 * The library by way of the server that runs on the data folder: it knows what is being downloaded and
 * what is in memory, and two programs would fetch the same file.
 */
import { CharlaError, type ErrorBody } from "../../core/errors.ts";
import type { RunningServer } from "../../core/feature.ts";
import type { Model, Models } from "./api.ts";
import type { Library } from "./library.ts";

export const PATH = "/api/models";

/** What the commands ask of a library, whoever has it. */
export type Commanded = Pick<
  Library,
  "models" | "model" | "pull" | "cancel" | "remove" | "change" | "starter"
>;

/** @param own what is known without the server: the starter, and what an unknown id is told */
export function libraryBeside(server: RunningServer, own: Library): Commanded {
  const path = (id: string, rest = "") => `${PATH}/${encodeURIComponent(id)}${rest}`;
  const changed = new Set<() => void>();
  let last: Models | undefined;
  const models = async () => last ?? (await server.ask<Models>("GET", PATH));
  const model = async (id: string) => {
    const found = (await models()).models.find((one) => one.id === id);
    return found ?? own.model(id);
  };
  /** Until its download is over. @throws CharlaError why it has failed */
  const followed = async (id: string) => {
    const over = new AbortController();
    try {
      for await (const all of server.events<Models>(`${PATH}/events`, over.signal)) {
        last = all;
        for (const tell of changed) tell();
        const now = all.models.find((one) => one.id === id);
        if (now?.state === "downloading" || now?.state === "verifying") continue;
        if (now?.error) throw remade(now.error as ErrorBody);
        if (now?.state === "partial" || now?.state === "absent") throw stopped(id);
        return;
      }
    } finally {
      over.abort();
    }
  };
  return {
    starter: own.starter,
    models: () => server.ask<Models>("GET", PATH),
    model,
    async pull(id) {
      const begun = await server.ask<Model>("POST", path(id, "/pull"));
      return { model: begun, done: followed(id) };
    },
    cancel: (id) => server.ask<Model>("DELETE", path(id, "/pull")),
    async remove(id) {
      await model(id);
      return (await server.ask<Model | undefined>("DELETE", path(id))) ?? undefined;
    },
    change(signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const done = () => {
        changed.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      changed.add(done);
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
      return promise;
    },
  };
}

const remade = ({ code, message, hint, params }: ErrorBody) =>
  new CharlaError(code, { message, hint, params });

const stopped = (id: string) =>
  new CharlaError("pull_stopped", {
    status: 409,
    message: "The download of {id} was stopped; what has arrived is kept.",
    hint: "Go on with `charla models pull {id}`.",
    params: { id },
  });
