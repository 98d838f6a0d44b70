/** Training over HTTP with a scripted worker: looked at, trained, stopped, judged, offered, deleted. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { scriptedLibrary } from "../../fixtures/scripted-library.ts";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";
import { chatLines, judgedTraining, type ScriptedWorker, scriptedWorker } from "./scripted.ts";

const files = (count = 40) => [{ name: "numbers.jsonl", content: chatLines(count) }];

async function world(worker: ScriptedWorker | null, policy = "") {
  const home = mkdtempSync(join(tmpdir(), "charla-training-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  onTestFinished(judgedTraining());
  const script = worker && (await scriptedWorker(home, worker));
  const place = await serve({ home, policy, engines: scriptedLibrary });
  const ana = await place.administrator();
  return { home, place, ana, go: () => script?.go() };
}

const reaches = (ana: Browser, id: string, state: string) =>
  expect
    .poll(async () => (await ana.must("GET", `/api/training/${id}`)).state, { timeout: 30_000 })
    .toBe(state);

// What stands in for Python is a script that the system starts by its first line.
describe.skipIf(process.platform === "win32")("with a worker", () => {
  test("data is looked at, a run trains, is judged in words, and its adapter can be chosen", async () => {
    const { home, place, ana } = await world({}, '[training]\nwho = "everyone"\n');
    const eva = await place.join(ana, "eva@example.org");
    const seen = await ana.must("POST", "/api/training/look", { files: files(), language: "es" });
    expect(seen.look).toMatchObject({ found: 40, files: [{ name: "numbers.jsonl" }], masked: 0 });
    expect(seen.facts[0]).toContain("40 chats encontrados");
    expect(seen.warnings.join()).toContain("menos de 200 chats");

    const bare = await ana.must("POST", "/api/training/look", { files: files(), unmasked: true });
    expect(bare.warnings[0]).toContain("Personal data is left as it is");

    const wish = { files: files(), name: "Numbers", model: "tiny", whose: "public" };
    const { id, job } = await ana.must("POST", "/api/training", wish);
    await reaches(ana, id, "done");
    const run = await ana.must("GET", `/api/training/${id}`);
    expect(run).toMatchObject({ done: 12, total: 12, gone: 0, result: { verdict: "better" } });
    expect(run.plan).toMatchObject({ name: "Numbers", model: "tiny", whose: "public" });
    expect(run.verdict.join("\n")).toMatch(/^Better: on the \d+ test chats.*lost their end: 1/s);
    // Of an answer's characters only digits are the likeliest without the adapter.
    expect(run.result.extraction).toMatchObject({ texts: 4, tuned: 1, unseen: 1 });
    expect(run.result.extraction.base).toBeLessThan(0.5);
    expect(run.verdict.join()).toMatch(
      /of 4 chats that it learned from.*it says 100\.0 % of the rest/,
    );
    expect(run.table.rows.map(([what]: string[]) => what)).toEqual([
      "Answers of the test set",
      "Other texts",
    ]);
    expect((await ana.must("GET", `/api/training/${id}?language=es`)).verdict[0]).toMatch(
      /^Mejor: .* baja un 4\d,\d %/,
    );
    const { points } = await ana.must("GET", `/api/training/${id}/points?after=7`);
    expect(points.map(({ kind, step }: { kind: string; step: number }) => [kind, step])).toEqual([
      ...[8, 8].map((step, at) => [at === 0 ? "step" : "validation", step]),
      ...[9, 10, 11].map((step) => ["step", step]),
      ...[12, 12].map((step, at) => [at === 0 ? "step" : "validation", step]),
    ]);
    expect((await ana.must("GET", `/api/jobs/${job}`)).title).toBe("Numbers");
    const report = await ana.call("GET", `/api/training/${id}/report`);
    expect(String(report.body)).toContain("Public or made up".toLowerCase());
    expect(String(report.body)).toContain(run.result.adapterDigest);
    expect(String(report.body)).toContain("charla eval bias --model tiny --model tiny+numbers");
    const account = await ana.must("GET", `/api/training/${id}/report?format=json`);
    expect(account).toMatchObject({ origin: { fromFiles: 40 }, merged: [], measured: [] });
    expect(await eva.fails("GET", `/api/training/${id}/report`)).toBe("training_not_found");
    const merge = (type: string) => ana.fails("POST", `/api/training/${id}/merge`, { type });
    expect(await merge("Q9")).toBe("invalid_setting");

    const [adapter] = (await ana.must("GET", "/api/models")).adapters;
    expect(adapter).toMatchObject({ id: "numbers", models: ["tiny"], error: null });
    const lines = String((await ana.call("GET", `/api/training/${id}/test`)).body).trim();
    expect(lines.split("\n")).toHaveLength(run.plan.look.test);

    expect(await eva.fails("GET", `/api/training/${id}`)).toBe("training_not_found");
    expect((await eva.must("GET", "/api/training")).items).toEqual([]);
    await ana.must("DELETE", `/api/training/${id}`);
    expect(await ana.fails("GET", `/api/training/${id}`)).toBe("training_not_found");
    expect(existsSync(join(home, "models/adapters/numbers.gguf"))).toBe(false);
  });

  test("a teacher writes what a run learns from, and the report names it", async () => {
    const { place, ana } = await world({}, '[training]\nwho = "everyone"\n');
    const eva = await place.join(ana, "eva@example.org");
    const path = "/api/training/written";
    const rows = Array.from({ length: 40 }, (_, n) => `{"question": "What comes after ${n}?"}`);
    const asked = [{ name: "questions.jsonl", content: rows.join("\n") }];
    const { id, job } = await ana.must("POST", path, { teacher: "any", files: asked });
    const one = async () => ana.must("GET", `${path}/${id}`);
    await expect.poll(async () => (await one()).state, { timeout: 30_000 }).toBe("done");
    expect(await one()).toMatchObject({ name: "questions", answers: 40, tally: { questions: 40 } });
    expect((await ana.must("GET", `/api/jobs/${job}`)).kind).toBe("training.write");
    expect((await ana.must("GET", path)).items).toHaveLength(1);
    const content = String((await ana.call("GET", `${path}/${id}/rows`)).body);
    const files = [{ name: "taught.jsonl", content }];
    const seen = await ana.must("POST", "/api/training/look", { files, language: "es" });
    expect(seen.facts.join()).toContain("40 respuestas las escribió un maestro: any");
    const run = await ana.must("POST", "/api/training", { files, name: "Taught", model: "tiny" });
    await reaches(ana, run.id, "done");
    const report = String((await ana.call("GET", `/api/training/${run.id}/report`)).body);
    expect(report).toContain("40 answers were written by a teacher: any");
    const again = await ana.must("POST", `/api/training/${run.id}/again`);
    await reaches(ana, again.id, "done");
    const { plan } = await ana.must("GET", `/api/training/${again.id}`);
    expect(plan.look.teachers).toEqual([{ teacher: { model: "any", licence: null }, texts: 40 }]);

    const both = { teacher: "any", files: asked, synthetic: { about: "Bees", language: "en" } };
    expect((await ana.call("POST", path, both)).status).toBe(400);
    expect(await ana.fails("POST", path, { teacher: "any" })).toBe("invalid_setting");
    // This one only repeats what it is told, which is no list of questions.
    const synthetic = { about: "Bees", language: "en", number: 10 };
    const made = await ana.must("POST", path, { teacher: "any", synthetic });
    const state = async () => (await ana.must("GET", `${path}/${made.id}`)).error?.code;
    await expect.poll(state, { timeout: 30_000 }).toBe("training_questions_few");
    await ana.must("POST", `${path}/${made.id}/resume`);
    await ana.must("POST", `${path}/${made.id}/cancel`);
    for (const [method, at] of [
      ["GET", ""],
      ["GET", "/rows"],
      ["POST", "/resume"],
      ["POST", "/cancel"],
      ["DELETE", ""],
    ] as const)
      expect(await eva.fails(method, `${path}/${id}${at}`)).toBe("training_written_not_found");
    await ana.must("DELETE", `${path}/${id}`);
    expect(await ana.fails("GET", `${path}/${id}`)).toBe("training_written_not_found");
  });

  test("a run is stopped within a row, and goes on where it was", async () => {
    const { ana, go } = await world({ waitsAt: 6 });
    const { id } = await ana.must("POST", "/api/training", { files: files(), model: "tiny" });
    const done = async () => (await ana.must("GET", `/api/training/${id}`)).done;
    await expect.poll(done, { timeout: 30_000 }).toBe(5);
    await ana.must("POST", `/api/training/${id}/cancel`);
    await reaches(ana, id, "cut");
    go();
    await ana.must("POST", `/api/training/${id}/resume`);
    await reaches(ana, id, "done");
    const { points } = await ana.must("GET", `/api/training/${id}/points`);
    const steps = points.filter(({ kind }: { kind: string }) => kind === "step");
    expect(steps.map(({ step }: { step: number }) => step)).toEqual(
      Array.from({ length: 12 }, (_, at) => at + 1),
    );
  });

  test("a teacher's probabilities are asked for once, where both have one vocabulary", async () => {
    const { home, ana, go } = await world({ waitsAt: 2 });
    writeGpt2(join(home, "models/other.gguf"));
    const rows = chatLines(40).split("\n");
    const taught = rows.map((row) => ({ ...JSON.parse(row), teacher: { model: "tiny" } }));
    const content = taught.map((row) => JSON.stringify(row)).join("\n");
    const files = [{ name: "taught.jsonl", content }];
    const settings = { soft: 0.5, temperature: 2 };
    const wish = { files, name: "Soft", model: "tiny", settings };
    const { id } = await ana.must("POST", "/api/training", wish);
    const done = async () => (await ana.must("GET", `/api/training/${id}`)).done;
    await expect.poll(done, { timeout: 30_000 }).toBe(1);
    await ana.must("POST", `/api/training/${id}/cancel`);
    await reaches(ana, id, "cut");
    go();
    await ana.must("POST", `/api/training/${id}/resume`);
    await reaches(ana, id, "done");
    const run = await ana.must("GET", `/api/training/${id}`);
    expect(run.plan.teacher).toEqual({ model: "tiny" });
    expect(run.result.soft).toMatchObject({ before: 2, after: 2 / 13 });
    // Of every answer that is learned, each character.
    expect(run.result.soft.tokens).toBeGreaterThan(30 * 15);
    expect(run.verdict.join()).toContain("it was 2.000 nats a token away from the teacher");

    const other = await ana.must("POST", "/api/training", { ...wish, teacher: "other" });
    await reaches(ana, other.id, "failed");
    const failed = await ana.must("GET", `/api/training/${other.id}`);
    expect(failed.error).toMatchObject({ code: "training_vocabulary" });
    expect(failed.error.message).toContain("other and tiny have different vocabularies");
    const untaught = { ...wish, files: [{ name: "a.jsonl", content: chatLines(40) }] };
    expect(await ana.fails("POST", "/api/training", untaught)).toBe("training_no_teacher");
  });

  test("careless copies are learned from, and measured by families that it learned and others", async () => {
    const { ana } = await world({});
    const how = { name: "Careless", model: "tiny", settings: { perturb: ["WordOrder"] } };
    const { id } = await ana.must("POST", "/api/training", { files: files(), ...how });
    await reaches(ana, id, "done");
    const run = await ana.must("GET", `/api/training/${id}`);
    const { seen, unseen } = run.result.robust;
    expect([seen.texts, unseen.texts]).toEqual([run.plan.look.test, run.plan.look.test]);
    expect(seen.ratio.high).toBeLessThan(1);
    expect(run.table.rows.map(([what]: string[]) => what)).toEqual([
      "Answers of the test set",
      "The same, questions changed by families that it learned",
      "The same, questions changed by other families",
      "Other texts",
    ]);
    expect(run.verdict.join("\n")).toContain("Written carelessly by families that it never saw");
    const { points } = await ana.must("GET", `/api/training/${id}/points`);
    expect(points.length).toBeGreaterThan(0);
    const judged = Array.from({ length: 20 }, (_, n) =>
      JSON.stringify({ prompt: `What is ${n}?`, completion: `It is ${n}.`, label: n % 2 === 0 }),
    );
    const bad = [{ name: "judged.jsonl", content: judged.join("\n") }];
    expect(await ana.fails("POST", "/api/training", { ...how, files: bad })).toBe(
      "training_perturb_judged",
    );
    const none = { ...how, files: files(), settings: { perturb: ["NoSuch"] } };
    expect((await ana.call("POST", "/api/training", none)).status).toBe(400);
  });

  test("who is erased leaves the runs of others, whose adapters are marked and trained again", async () => {
    const { place, ana } = await world({});
    const eva = await place.join(ana, "eva@example.org");
    const rows: string[] = [];
    for (let n = 0; n < 14; n++) {
      // Two of them are Eva's, as her export has them.
      const { id } = await (n < 2 ? eva : ana).must("POST", "/api/conversations", {});
      const messages = [
        { role: "user", content: `What comes after ${n}?` },
        { role: "assistant", content: "No number.", weight: 0 },
        { role: "user", content: "Really?" },
        { role: "assistant", content: `No: ${n + 1}.` },
      ];
      rows.push(JSON.stringify({ id, messages }));
    }
    const files = [{ name: "chats.jsonl", content: rows.join("\n") }];
    const how = { name: "Mine", model: "tiny", whose: "agreed", settings: { rank: 4 } };
    const { id } = await ana.must("POST", "/api/training", { files, ...how });
    await reaches(ana, id, "done");
    const { kept } = await eva.must("POST", "/api/rights/erase", { confirm: "eva" });
    expect(kept).toContainEqual(expect.objectContaining({ what: "adapters", count: 1 }));
    const marked = await ana.must("GET", `/api/training/${id}`);
    expect(marked.gone).toBe(2);
    const again = await ana.must("POST", `/api/training/${id}/again`);
    await reaches(ana, again.id, "done");
    const run = await ana.must("GET", `/api/training/${again.id}`);
    expect(run.plan).toMatchObject(how);
    expect([run.gone, run.plan.look.found]).toEqual([0, 12]);
  });

  test("folds come before the training, and their spread is told", async () => {
    const { home, ana } = await world({});
    const wish = { files: files(), name: "Folds", model: "tiny", settings: { folds: 3 } };
    const { id, job } = await ana.must("POST", "/api/training", wish);
    await reaches(ana, id, "done");
    const run = await ana.must("GET", `/api/training/${id}`);
    expect(run.result.folds).toHaveLength(3);
    expect(run.result.folds[0]).toMatchObject({ best: 12, before: 3 });
    expect(run.verdict[1]).toMatch(/^Cross-validated in 3 parts: .*best after 12, 12, 12 steps/);
    const { done, total } = await ana.must("GET", `/api/jobs/${job}`);
    expect([done, total]).toEqual([48, 48]);
    expect(readdirSync(join(home, "training/runs", id))).toEqual(["adapter.gguf"]);
  });
});

test("without a worker nothing is trained, and what it lacks is told", async () => {
  vi.stubEnv("PATH", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { place, ana } = await world(null);
  const bea = await place.join(ana, "bea@example.org");
  const path = "/api/training/worker";
  const before = await ana.must("GET", path);
  expect(before).toMatchObject({ state: "absent", bytes: 0, has: null, error: null });
  expect(before.free).toBeGreaterThan(0);
  const wish = { files: files(), model: "tiny" };
  expect(await ana.fails("POST", "/api/training", wish)).toBe("training_not_set_up");
  await ana.must("POST", path);
  const state = async () => (await ana.must("GET", path)).error?.code;
  await expect.poll(state, { timeout: 30_000 }).toBe("training_no_python");
  await ana.must("DELETE", path);
  expect((await ana.must("GET", path)).state).toBe("absent");
  for (const [method, at] of [
    ["GET", path],
    ["POST", path],
    ["GET", "/api/training"],
  ] as const)
    expect((await bea.call(method, at)).status).toBe(403);
});
