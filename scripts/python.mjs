/**
 * Python's packages for `tests/with-python`, each list in an environment of its own that stays between
 * runs: `requirements.txt` names every package with its version, and its digest is the folder's name.
 * The training worker's own lists (`training/*.lock`) make another one, about 1 GB.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./terminal.mjs";

const CLIENTS = new URL("../tests/with-python/requirements.txt", import.meta.url);
const TORCH = new URL("../training/torch.lock", import.meta.url);
const WORKER = [TORCH, new URL("../training/requirements.lock", import.meta.url)];
/** Where the builds for the processor alone are, as in `src/features/training/worker/setup.ts`. */
const PYTORCH_INDEX = "https://download.pytorch.org/whl/cpu";
/** The packages of the list have no versions for older ones. */
const PRESENT = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
/** From the system, as `python3` of Debian leaves `venv` out. */
const PYTHON = process.platform === "win32" ? "python" : "python3";

/** Whether there is a Python that can make environments. */
export async function findPython() {
  const { code } = await run(PYTHON, ["-c", PRESENT]).catch(() => ({ code: 1 }));
  return code === 0;
}

/** The interpreter that has what the training worker needs. */
export const installWorker = () => installClients(...WORKER);

/**
 * The interpreter that has the packages of these lists; made where it is not there yet.
 *
 * @param lists their addresses; that of OpenAI's clients if there are none
 * @throws Error
 */
export async function installClients(...lists) {
  if (lists.length === 0) lists.push(CLIENTS);
  const hash = createHash("sha256");
  for (const list of lists) hash.update(readFileSync(list));
  const digest = hash.digest("hex").slice(0, 16);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "charla-tests", `python-${digest}`);
  const within = (place) =>
    process.platform === "win32" ? join(place, "Scripts/python.exe") : join(place, "bin/python");
  if (existsSync(within(folder))) return within(folder);
  const making = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    await step(PYTHON, ["-m", "venv", making]);
    // All of them are in the list, so nothing has to be found out.
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps"];
    for (const list of lists) {
      const install = (...more) =>
        step(within(making), [
          "-m",
          "pip",
          "install",
          ...quiet,
          ...more,
          "-r",
          fileURLToPath(list),
        ]);
      await install().catch((thrown) => {
        if (list !== TORCH) throw thrown;
        return install("--index-url", PYTORCH_INDEX);
      });
    }
    // Its interpreter is a link, and no script of it is called by its path.
    if (!existsSync(folder)) renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return within(folder);
}

async function step(command, args) {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}\n${output}`);
}
