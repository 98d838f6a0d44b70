import { CharlaError } from "../../../core/errors.ts";

export function receiptUnknown(): CharlaError {
  return new CharlaError("receipt_unknown", {
    status: 404,
    message: "You have no receipt of this name.",
    hint: "Receipts go with their chats; those of answers by the API go after the time that the policy says.",
  });
}
