/** What can go wrong between a log and the chain that it is anchored on. */
import { CharlaError } from "../../../core/errors.ts";

export const wrongChain = (wanted: number, found: number) =>
  new CharlaError("anchor_chain", {
    status: 409,
    message: "The server for the chain answers for chain {found}, not for {wanted}.",
    hint: "Set CHARLA_ANCHOR_URL to a server of the chain that the policy names in [provenance.anchor].",
    params: { wanted, found },
  });

export const wrongContract = (address: string) =>
  new CharlaError("anchor_contract", {
    status: 409,
    message:
      "At {address} there is no contract of this version of Charla that this key may write to.",
    hint: "Check the contract in the policy and the key, or make a contract: charla anchor deploy.",
    params: { address },
  });

export const unreachable = (cause: unknown) =>
  new CharlaError("anchor_unreachable", {
    status: 503,
    message: "The server for the chain does not answer as it should.",
    hint: "Check CHARLA_ANCHOR_URL and try again; nothing is lost, and nothing is sent twice.",
    cause,
  });

export const conflict = (size: bigint) =>
  new CharlaError("anchor_conflict", {
    status: 409,
    message: "The chain has another root for the log at {size} entries.",
    hint: "The log was changed or restored from an older copy since. Keep this database as it is and find out why before anchoring again.",
    params: { size: String(size) },
  });

export const older = (size: bigint, anchored: bigint) =>
  new CharlaError("anchor_older", {
    status: 409,
    message:
      "The chain has the log at {anchored} entries already; {size} can no longer be anchored.",
    hint: "Anchor the log as it is now. If it has fewer entries than that, it was restored from an older copy.",
    params: { size: String(size), anchored: String(anchored) },
  });

export const tooDear = (gwei: number) =>
  new CharlaError("anchor_too_dear", {
    status: 503,
    message: "A place on the chain costs more than {gwei} gwei for each unit of gas now.",
    hint: "Wait, or raise max_gwei in the policy.",
    params: { gwei },
  });

export const noFunds = (address: string) =>
  new CharlaError("anchor_no_funds", {
    status: 409,
    message: "The account {address} cannot pay for it.",
    hint: "Send it some of the chain's coin and try again.",
    params: { address },
  });

export const notYet = (seconds: number) =>
  new CharlaError("anchor_not_final", {
    status: 503,
    message: "The chain has not made the anchor final within {seconds} s.",
    hint: "Run the same command again later: it goes on where it was.",
    params: { seconds },
  });

export const refused = (cause: Error) =>
  new CharlaError("anchor_refused", {
    status: 409,
    message: "The chain refuses the anchor: {reason}",
    hint: "Run charla anchor status, and see that the key is the operator's.",
    params: { reason: cause.message.split("\n")[0] ?? "" },
    cause,
  });

export const nothingNew = () =>
  new CharlaError("anchor_nothing_new", {
    status: 409,
    message: "The newest anchor has all of the log.",
    hint: "There is nothing to pay for: ask again once something has been said.",
  });

export const notSetUp = () =>
  new CharlaError("anchor_not_set_up", {
    status: 409,
    message: "Anchoring is not set up.",
    hint: "Set CHARLA_ANCHOR_URL, CHARLA_ANCHOR_KEY_FILE and [provenance.anchor] in the policy; docs/anchoring.md says how.",
  });

export const packagesMissing = () =>
  new CharlaError("anchor_packages", {
    status: 409,
    message: "The packages that anchoring needs are not here.",
    hint: "Download them: charla anchor setup.",
  });

export const keyMissing = (path: string, cause?: unknown) =>
  new CharlaError("anchor_key", {
    status: 409,
    message: "There is no key of an Ethereum account in {path}.",
    hint: "Put 0x and 64 hexadecimal digits there, readable by this user alone.",
    params: { path },
    cause,
  });

export const crashed = (code: number | null) =>
  new CharlaError("anchor_crashed", {
    message: "The process that writes to the chain has ended with {code}.",
    hint: "The log has more. Try again: it goes on where it was.",
    retryable: true,
    params: { code: String(code) },
  });
