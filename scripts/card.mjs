/**
 * The libraries of the graphics card, which are larger than all the rest together. They are fetched
 * only where there is a card: the set-up looks for one, and `npm run gpu` chooses by hand.
 *
 * package.json puts a package that no system installs in the place of each of these libraries
 * (`overrides`), so that `npm ci` leaves them out; here the real one is put where node-llama-cpp
 * looks for it.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm, ROOT, run, step, t } from "./terminal.mjs";

const MODULES = join(ROOT, "node_modules");
/** The choice, where one was made by hand. */
const CHOICE = join(ROOT, ".gpu");

/** Of the packages; megabytes on disk. */
const SIZES = { cuda: 540, vulkan: 71 };

/** SHA-512 of the packages' files, of the version that package.json pins. */
const DIGESTS = {
  "linux-x64-cuda":
    "8rQCjyNNLZJUFit+YpjwlC4hwkKgOMIkB2wuycKBf8NU2O3ySKbiWZQ8aw9ku2nUTXjSnUIrE6KB88itduTBuA==",
  "linux-x64-cuda-ext":
    "4e5ajkiM2aR2WAdB/N/ACk4weEhHvOAIrzxZPsIX0xDFW5+6hhShuy1/vs88SK9NGdgAco9IyE28eYS0H1efpA==",
  "linux-x64-vulkan":
    "bBxqU+JOcBu1nb5Qj2zcMci+JByT1E8EajHvYodyNfVIPkEhXh+/HMwR1/BT7xP08YK0hks+kM8fglER0P8JEg==",
};

/** Names of the packages for a kind of card on this system; none where nothing has to be fetched. */
function packagesFor(kind) {
  const system = { linux: "linux", win32: "win" }[process.platform];
  if (!system || process.arch !== "x64" || !(kind in SIZES)) return [];
  const first = `${system}-x64-${kind}`;
  return kind === "cuda" ? [first, `${first}-ext`] : [first];
}

/** Which card this machine has: a driver that answers, not a name in a list of devices. */
function detect() {
  if (packagesFor("cuda").length === 0) return "none";
  if (existsSync("/proc/driver/nvidia/version") || answers("nvidia-smi", ["-L"])) return "cuda";
  const nodes = existsSync("/dev/dri") ? readdirSync("/dev/dri") : [];
  const rendering = nodes.some((name) => name.startsWith("renderD"));
  return rendering && answers("ldconfig", ["-p"], "libvulkan.so.1") ? "vulkan" : "none";
}

function answers(program, args, needle = "") {
  try {
    const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 };
    return execFileSync(program, args, options).includes(needle);
  } catch {
    return false;
  }
}

export const KINDS = ["auto", "cuda", "vulkan", "none"];

/** Keeps a choice made by hand for every later set-up. */
export function choose(kind) {
  if (kind === "auto") rmSync(CHOICE, { force: true });
  else writeFileSync(CHOICE, kind);
}

/** What was chosen by hand, or else "auto". */
function chosen() {
  const asked = existsSync(CHOICE) ? readFileSync(CHOICE, "utf8").trim() : "auto";
  return KINDS.includes(asked) ? asked : "auto";
}

const folderOf = (name) => join(MODULES, "@node-llama-cpp", name);

/**
 * Called by the set-up after each installation: fetches what the choice asks for and removes what
 * it does not. What cannot be fetched is told, and Charla then computes on the processor.
 *
 * @returns the kind that was wanted, and whether all of it is there
 */
export async function setUpGpu() {
  const choice = chosen();
  const kind = choice === "auto" ? detect() : choice;
  const wanted = packagesFor(kind);
  for (const name of ["cuda", "vulkan"].flatMap(packagesFor)) {
    if (!wanted.includes(name)) rmSync(folderOf(name), { recursive: true, force: true });
  }
  const missing = wanted.filter((name) => !existsSync(folderOf(name)));
  if (missing.length === 0) return { kind, there: wanted.length > 0 };
  try {
    await step(t("setup.gpu", { kind, size: SIZES[kind] }), async () => {
      for (const name of missing) await fetchPackage(name);
    });
  } catch (error) {
    console.log(t("setup.gpuFailed", { reason: error.message }));
    return { kind, there: false };
  }
  return { kind, there: true };
}

async function fetchPackage(name) {
  const { version } = JSON.parse(
    readFileSync(join(MODULES, "node-llama-cpp", "package.json"), "utf8"),
  );
  const folder = mkdtempSync(join(tmpdir(), "charla-gpu-"));
  try {
    const spec = `@node-llama-cpp/${name}@${version}`;
    const { code, output } = await npm(["pack", spec, "--loglevel=error"], { cwd: folder });
    const [file] = readdirSync(folder);
    if (code !== 0 || !file) throw new Error(output.trim() || spec);
    const archive = join(folder, file);
    const digest = createHash("sha512").update(readFileSync(archive)).digest("base64");
    if (DIGESTS[name] && DIGESTS[name] !== digest) throw new Error(`${spec}: ${digest}`);
    // Beside its place and renamed, so that half of one is never taken for one.
    const half = `${folderOf(name)}.half`;
    rmSync(half, { recursive: true, force: true });
    mkdirSync(half, { recursive: true });
    const args = ["-xzf", archive, "-C", half, "--strip-components=1"];
    const unpacked = await run("tar", args);
    if (unpacked.code !== 0) throw new Error(unpacked.output.trim());
    renameSync(half, folderOf(name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
