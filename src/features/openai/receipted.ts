/** Receipts of this API's answers: made as the core makes them, and named in a header. */
import { receipted } from "../../core/receipted.ts";
import type { RunTurn } from "../../core/turn.ts";
import type { Start } from "../../core/types.ts";
import type { Room } from "./engine.ts";

/** Names of the receipts of a reply, with commas between. */
const RECEIPT_HEADER = "charla-receipt";

/** Turns as this API runs them. @param owner the person who asks */
export function receiptedFor({ run, others }: Room, owner: string): RunTurn {
  const receipts = others.receipts();
  return receipts ? receipted(run, receipts, owner) : run;
}

export function tellReceipts(response: Response, starts: readonly Start[]): Response {
  const names = starts.flatMap(({ receipt }) => receipt ?? []);
  if (names.length > 0) response.headers.set(RECEIPT_HEADER, names.join(", "));
  return response;
}
