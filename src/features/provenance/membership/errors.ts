/** What can be wrong with a leaf, a group or the parts that prove. */
import { CharlaError } from "../../../core/errors.ts";
import { LEAST_LEAVES } from "./group.ts";

export const leafInvalid = () =>
  new CharlaError("membership_leaf_invalid", {
    status: 400,
    message: "The header charla-zk-leaf is not the leaf of an identity.",
    hint: "It is 64 hexadecimal digits: the commitment of a Semaphore identity, below the order of BN254's scalar field and not 0.",
  });

export const groupSmall = (leaves: number) =>
  new CharlaError("membership_group_small", {
    status: 409,
    message:
      "The group has {leaves} secrets. Under {least} a proof would not hide which of them is yours.",
    hint: "Wait until more answers with a secret are in the log; one's own count, and hide nothing from whoever knows them.",
    params: { leaves, least: LEAST_LEAVES },
  });

export const noSuchGroup = () =>
  new CharlaError("membership_group_unknown", {
    status: 404,
    message: "The log has no such group.",
    hint: "Ask for the newest one: POST /api/provenance/groups.",
  });

export const partsMissing = () =>
  new CharlaError("membership_parts_missing", {
    status: 409,
    message: "What proves membership is not on this server.",
    hint: "Whoever runs it downloads it once: charla membership setup (109 MB, of which 6 MB stay).",
  });

export const partsWrong = (file: string) =>
  new CharlaError("membership_parts_wrong", {
    status: 503,
    message: "The file {file} that came is not the one that this version of Charla knows.",
    hint: "Download it again; if that does not help, the registry has another file by this name, which must not be used.",
    params: { file },
  });
