/**
 * Provenance: somebody holds a text and asks whether this Charla wrote it, with which model and
 * settings, when, and whether it is unchanged. Each folder here is a room that opens its part.
 */
import { openable } from "../../core/feature.ts";
import { openAnchor } from "./anchor/open.ts";
import { migrations as anchorTables } from "./anchor/tables.ts";
import { openLabels } from "./c2pa/open.ts";
import { migrations as labelTables } from "./c2pa/tables.ts";
import { openLog } from "./log/open.ts";
import { Groups } from "./membership/groups.ts";
import { openMembership } from "./membership/open.ts";
import { migrations as membershipTables } from "./membership/tables.ts";
import { provenancePolicy } from "./policy.ts";
import { openReceipts } from "./receipts/open.ts";
import { migrations as receiptTables } from "./receipts/tables.ts";
import { openReplay } from "./replay/open.ts";
import { together } from "./together.ts";
import { watermark } from "./watermark/open.ts";
import { markStep } from "./watermark/step.ts";
import { migrations as markTables } from "./watermark/tables.ts";

export const provenance = openable({
  name: "provenance",
  policy: { section: "provenance", schema: provenancePolicy },
  migrations: {
    ...receiptTables,
    ...markTables,
    ...anchorTables,
    ...membershipTables,
    ...labelTables,
  },
  terminal: ({ policy }) => [markStep(policy.watermark, undefined)],
  open(house) {
    const { policy } = house;
    const { keeper, opened } = openReceipts(house);
    const labels = openLabels(house, keeper);
    const groups = new Groups(house.db, house.ledger);
    return {
      ...opened,
      ...labels,
      ...together([
        watermark(house),
        { facts: { log: policy.log, verify: policy.verify } },
        opened,
        openLog(house, keeper),
        openAnchor(house, groups),
        openMembership(house, keeper, groups),
        openReplay(house, keeper),
        { routes: labels.routes },
      ]),
    };
  },
});
