/**
 * W10: beside a neighbour. W1 with four chats, W2 and W4 while another program keeps one of the
 * machine's cores busy, as on a desk where somebody works or a host with other guests.
 */
import { launch } from "../processes.ts";
import type { Row } from "../types.ts";
import type { Workload } from "./shared.ts";
import { chatsAtOnce } from "./w1.ts";
import { w2 } from "./w2.ts";
import { w4 } from "./w4.ts";

export const w10: Workload = {
  name: "W10",
  about: "W1 with four chats, W2 and W4 beside a program that keeps one core busy all the time.",
  async run(bench) {
    const neighbour = launch(process.execPath, ["-e", "for (;;) ;"]);
    try {
      const beside: Row[] = [
        ...(await chatsAtOnce(bench, [4])),
        ...(await w2.run(bench)),
        ...(await w4.run(bench)),
      ];
      return beside.map((row) => ({
        ...row,
        workload: "W10",
        case: `${row.workload} ${row.case}`,
      }));
    } finally {
      await neighbour.stop();
    }
  },
};
