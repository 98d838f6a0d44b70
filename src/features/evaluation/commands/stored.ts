/** `charla eval list | show | resume | rm`: whoever has the folder has what is Solo's in it. */
import { SOLO } from "../../../core/access.ts";
import type { Ground } from "../../../core/feature.ts";
import { messages } from "../messages.ts";
import { reportOf } from "../report.ts";
import { aligned } from "../told/format.ts";
import type { Tools } from "../tools.ts";
import { followed, type Listed, listBeside, PATH, reportBeside } from "./beside.ts";
import { show as print, runHere, storeOf } from "./run.ts";

export async function list(ground: Ground, json: boolean | undefined): Promise<void> {
  const text = messages[ground.language];
  const runs = await runsOf(ground);
  if (json) console.log(JSON.stringify(runs, null, 2));
  else if (runs.length === 0) console.log(text.none);
  else {
    const rows = runs.map(({ id, state, plan, done, total }) => [
      ...[id.slice(0, 8), text[state], plan.kind, plan.source.name],
      total === null ? String(done) : `${done}/${total}`,
    ]);
    console.log(aligned([text.columns, ...rows]));
  }
}

async function runsOf({ running, atRest }: Ground): Promise<readonly Listed[]> {
  const server = await running(PATH);
  if (server) return listBeside(server);
  const runs = await atRest(async (house) => (await storeOf(house)).list(SOLO.id));
  return runs.map(({ owner: _owner, ...run }) => run);
}

export async function show(ground: Ground, id: string, json: boolean | undefined): Promise<void> {
  const server = await ground.running(PATH);
  const report = server
    ? await reportBeside(server, id)
    : await ground.atRest(async (house) => {
        const store = await storeOf(house);
        return reportOf(store, await store.one(SOLO.id, id));
      });
  print(report, ground.language, json);
}

export async function resume(
  ground: Ground,
  tools: () => Promise<Tools>,
  id: string,
  json: boolean | undefined,
): Promise<void> {
  const server = await ground.running(PATH);
  if (!server) return runHere(ground, await tools(), (store) => store.one(SOLO.id, id), json);
  const begun = await server.ask<{ id: string }>(
    "POST",
    `${PATH}/${encodeURIComponent(id)}/resume`,
  );
  print(await followed(server, begun.id, ground.language), ground.language, json);
}

export async function remove({ running, atRest }: Ground, id: string): Promise<void> {
  const server = await running(PATH);
  if (server) return server.ask("DELETE", `${PATH}/${encodeURIComponent(id)}`);
  await atRest(async (house) => {
    const store = await storeOf(house);
    await store.remove(await store.one(SOLO.id, id));
  });
}
