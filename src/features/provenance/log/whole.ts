/** Reads a whole log again: whether its roots are those that were signed, anchored and named in it. */
import { same, utf8 } from "../../../core/tlog/bytes.ts";
import { canonical, type Json, parseStrict } from "../../../core/tlog/canonical.ts";
import { emptyRoot, type Hash, leafHash, nodeHash } from "../../../core/tlog/merkle.ts";
import { MOST_LEAVES, NOBODY, type Peaks, rootOf, withLeaf } from "../membership/group.ts";
import { fieldText, parseField } from "../membership/identity.ts";
import { isRecord } from "../verify/given.ts";

/** A state of the log that somebody stands by. */
export interface Stated {
  readonly what: "checkpoint" | "anchor";
  readonly size: number;
  readonly root: Hash;
}

export interface Fault {
  /** entry: not canonical JSON; group: its root is another; missing: the log has fewer entries. */
  readonly what: Stated["what"] | "entry" | "group" | "missing";
  /** Index of the entry, or the size. */
  readonly at: number;
}

/**
 * @param entries all of them, in their order
 * @returns what does not hold; empty where everything does
 */
export async function checkWhole(
  entries: AsyncIterable<string> | Iterable<string>,
  stated: readonly Stated[],
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const groups = new GroupsAgain();
  /** Roots of full subtrees, largest first. */
  const peaks: Hash[] = [];
  let size = 0;
  const compare = () => {
    for (const { what, root } of stated.filter((one) => one.size === size)) {
      if (!same(root, fold(peaks))) faults.push({ what, at: size });
    }
  };
  compare();
  for await (const text of entries) {
    const entry = read(text);
    if (!entry) faults.push({ what: "entry", at: size });
    else if (!groups.holds(entry, size)) faults.push({ what: "group", at: size });
    let node = leafHash(utf8(text));
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(peaks.pop() as Hash, node);
    }
    peaks.push(node);
    size++;
    compare();
  }
  for (const one of stated) if (one.size > size) faults.push({ what: "missing", at: one.size });
  return faults;
}

const fold = (peaks: readonly Hash[]): Hash =>
  peaks.length === 0 ? emptyRoot() : peaks.reduceRight((right, left) => nodeHash(left, right));

type Entry = Readonly<Record<string, Json>>;

function read(text: string): Entry | undefined {
  try {
    const value = parseStrict(text);
    return isRecord(value) && canonical(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the groups of secrets again, of which each is named by a later entry. */
class GroupsAgain {
  #peaks: Peaks = NOBODY;
  /** What the group was from each entry on; those before the last one that was named are gone. */
  #states: { readonly from: number; readonly peaks: Peaks }[] = [{ from: 0, peaks: NOBODY }];

  /** Takes an entry in; false where it names a group that is another. */
  holds(entry: Entry, index: number): boolean {
    const leaf = parseField(entry.zkLeaf);
    if (leaf !== undefined && this.#peaks.size < MOST_LEAVES) {
      this.#peaks = withLeaf(this.#peaks, leaf);
      this.#states.push({ from: index + 1, peaks: this.#peaks });
    }
    if (entry.kind !== "group") return true;
    const { before, leaves, root } = entry;
    const last = this.#states.findLastIndex(({ from }) => from <= Number(before));
    const found = this.#states[last];
    if (!found || Number(before) > index) return false;
    this.#states.splice(0, last);
    return found.peaks.size === leaves && fieldText(rootOf(found.peaks)) === root;
  }
}
