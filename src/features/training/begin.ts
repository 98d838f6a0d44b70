/** From what was asked for to a run: the same for the terminal and for HTTP. */
import type { Intake } from "../../core/intake.ts";
import { type DataFile, type Prepared, prepare } from "./data/prepare.ts";
import { labelOf, partsOf } from "./data/provenance.ts";
import { RATES } from "./defaults.ts";
import { judgedPerturbed, noFile, wrongValue } from "./errors.ts";
import type { Plan } from "./plan.ts";
import { settings, type TrainingSettings } from "./settings.ts";
import type { Run, RunStore } from "./store.ts";
import { noTeacher } from "./teacher/errors.ts";
import type { Tools } from "./tools.ts";

export interface Wish {
  readonly files: readonly DataFile[];
  readonly name?: string | undefined;
  readonly model?: string | undefined;
  /** Personal data stays as it is; the policy may mask it even so. */
  readonly unmasked?: boolean | undefined;
  readonly whose?: Plan["whose"] | undefined;
  /** "model" or "model+adapter", whose probabilities are learned; who wrote the answers if absent. */
  readonly teacher?: string | undefined;
  readonly settings?: Partial<TrainingSettings> | undefined;
}

interface Place {
  readonly owner: string;
  readonly intake: Intake;
}

/** Each text on its way in as every other, and with personal data masked unless that is not wished. */
export async function look({ files, unmasked }: Wish, { owner, intake }: Place): Promise<Prepared> {
  const privacy = unmasked ? undefined : ("mask" as const);
  const prepared = await prepare(files, (text) => intake({ text, kind: "import", owner, privacy }));
  const { masked } = prepared.look;
  // What the policy has masked even so is told.
  return { ...prepared, look: { ...prepared.look, masked: unmasked && !masked ? null : masked } };
}

/** @throws CharlaError `training_data_...`, `model_not_found` */
export async function begin(
  store: RunStore,
  wish: Wish,
  place: Place,
  tools: Pick<Tools, "find">,
  version: string,
): Promise<Run> {
  const found = await tools.find(wish.model);
  if (!found) throw noFile(wish.model ?? "-");
  const { look: seen, ...data } = await look(wish, place);
  const first = wish.files[0]?.name.replace(/^.*[\\/]/, "").replace(/\.[^.]*$/, "");
  const wished = settings.parse(wish.settings ?? {});
  if (wished.perturb.length > 0 && seen.method !== "sft") throw judgedPerturbed();
  const { processes, batch } = wished;
  if (processes > 1 && seen.method !== "sft") throw wrongValue("processes", String(processes), "1");
  // Each computes a row of its own.
  if (processes > batch) throw wrongValue("processes", String(processes), `1 - batch (${batch})`);
  const teacher = wished.soft > 0 ? teacherOf(wish.teacher, seen.teachers) : undefined;
  if (wished.soft > 0 && (!teacher || seen.method !== "sft")) throw noTeacher();
  const plan: Plan = {
    name: (wish.name?.trim() || first || found.id).slice(0, 100),
    ...{ model: found.id, look: seen, version },
    settings: { ...wished, rate: wished.rate || RATES[seen.method] },
    ...(wish.whose && { whose: wish.whose }),
    ...(teacher && { teacher }),
  };
  return store.add(place.owner, plan, data);
}

/** The one that is named, else the one that has written all that a teacher has. */
function teacherOf(
  named: string | undefined,
  writers: Prepared["look"]["teachers"],
): Plan["teacher"] {
  if (named !== undefined) return partsOf(named);
  const [first, ...others] = new Set(writers.map(({ teacher }) => labelOf(teacher)));
  return first !== undefined && others.length === 0 ? partsOf(first) : undefined;
}
