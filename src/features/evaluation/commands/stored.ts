/** `charla eval list | show | resume | rm`: whoever has the folder has what is Solo's in it. */
import { SOLO } from "../../../core/access.ts";
import type { Ground } from "../../../core/feature.ts";
import { messages } from "../messages.ts";
import { reportOf } from "../report.ts";
import { aligned } from "../told/format.ts";
import { told } from "../told/index.ts";
import type { Tools } from "../tools.ts";
import { runHere, storeOf } from "./run.ts";

export async function list({ atRest, language }: Ground, json: boolean | undefined): Promise<void> {
  const text = messages[language];
  const runs = await atRest(async (house) => (await storeOf(house)).list(SOLO.id));
  const shown = runs.map(({ owner: _owner, ...run }) => run);
  if (json) console.log(JSON.stringify(shown, null, 2));
  else if (shown.length === 0) console.log(text.none);
  else {
    const rows = shown.map(({ id, state, plan, done, total }) => [
      ...[id.slice(0, 8), text[state], plan.kind, plan.source.name],
      total === null ? String(done) : `${done}/${total}`,
    ]);
    console.log(aligned([text.columns, ...rows]));
  }
}

export async function show(ground: Ground, id: string, json: boolean | undefined): Promise<void> {
  const report = await ground.atRest(async (house) => {
    const store = await storeOf(house);
    return reportOf(store, await store.one(SOLO.id, id));
  });
  console.log(json ? JSON.stringify(report, null, 2) : told(report, ground.language));
}

export const resume = (ground: Ground, tools: Tools, id: string, json: boolean | undefined) =>
  runHere(ground, tools, (store) => store.one(SOLO.id, id), json);

export async function remove({ atRest }: Ground, id: string): Promise<void> {
  await atRest(async (house) => {
    const store = await storeOf(house);
    await store.remove(await store.one(SOLO.id, id));
  });
}
