/** Runs that are there: to list, to show, to go on with, to delete. */
import { SOLO } from "../../../core/access.ts";
import { fill } from "../../../core/errors.ts";
import type { Ground } from "../../../core/feature.ts";
import { labelOf } from "../data/provenance.ts";
import { messages } from "../messages.ts";
import { accountOf } from "../report.ts";
import { accountTold } from "../report-told.ts";
import { removeRun } from "../rights.ts";
import { WrittenStore } from "../teacher/store.ts";
import { testSetOf } from "../test-set.ts";
import { runTold } from "../told.ts";
import type { Tools } from "../tools.ts";
import { doHere, storeOf } from "./run.ts";

export async function list(ground: Ground, json?: boolean): Promise<void> {
  const text = messages[ground.language];
  await ground.atRest(async (house) => {
    const runs = await (await storeOf(house)).list(SOLO.id);
    if (json) {
      console.log(
        JSON.stringify(
          runs.map(({ owner: _owner, ...run }) => run),
          null,
          2,
        ),
      );
      return;
    }
    const sets = await new WrittenStore(house.db, house.vault).list(SOLO.id);
    if (runs.length + sets.length === 0) console.log(text.none);
    for (const { id, plan, state, done, total, createdAt } of runs) {
      const steps = fill(text.stepsDone, { done, total: total ?? "?" });
      const facts = [id.slice(0, 8), plan.name, plan.model, text.states[state], steps];
      console.log([...facts, createdAt.slice(0, 10)].join("  "));
    }
    for (const { id, plan, state, questions, answers, faults, createdAt } of sets) {
      const texts = fill(text.textsDone, { done: answers + faults, total: questions });
      const facts = [id.slice(0, 8), plan.name, labelOf(plan.teacher), text.states[state], texts];
      console.log([...facts, createdAt.slice(0, 10)].join("  "));
    }
  });
}

export async function show(ground: Ground, id: string, json?: boolean): Promise<void> {
  await ground.atRest(async (house) => {
    const store = await storeOf(house);
    const run = await store.one(SOLO.id, id);
    const { owner: _owner, ...shown } = run;
    if (json) console.log(JSON.stringify({ ...shown, points: await store.points(run) }, null, 2));
    else console.log(runTold(run, ground.language));
  });
}

export async function resume(ground: Ground, tools: Tools, id: string, json?: boolean) {
  await ground.atRest(async (house) => {
    const store = await storeOf(house);
    await doHere(store, await store.one(SOLO.id, id), tools, ground, json);
  });
}

export async function remove(ground: Ground, tools: Tools, id: string): Promise<void> {
  await ground.atRest(async (house) => {
    const store = await storeOf(house);
    const { home } = ground.settings;
    const written = new WrittenStore(house.db, house.vault);
    const run = await store.one(SOLO.id, id).catch(() => undefined);
    if (run) await removeRun(store, { home, tools }, run);
    else await written.remove(await written.one(SOLO.id, id));
  });
}

export async function report(ground: Ground, tools: Tools, id: string, json?: boolean) {
  const { language } = ground;
  await ground.atRest(async (house) => {
    const store = await storeOf(house);
    const { findings } = house.others;
    const given = { store, findings, tools, home: ground.settings.home };
    const account = await accountOf(given, await store.one(SOLO.id, id), language);
    const told = json ? `${JSON.stringify(account, null, 2)}\n` : accountTold(account, language);
    process.stdout.write(told);
  });
}

export async function test(ground: Ground, id: string): Promise<void> {
  await ground.atRest(async (house) => {
    const store = await storeOf(house);
    process.stdout.write(testSetOf(await store.data(await store.one(SOLO.id, id))));
  });
}
