/**
 * What the routes of conversations answer when they cannot do what they are asked.
 */
import { CharlaError } from "../../core/errors.ts";

export function conversationNotFound(): CharlaError {
  return new CharlaError("conversation_not_found", {
    status: 404,
    message: "There is no such conversation.",
    hint: "It may have been deleted, here or in another window; see the list for those there are.",
  });
}

export function messageNotFound(): CharlaError {
  return new CharlaError("message_not_found", {
    status: 404,
    message: "There is no such message in this conversation.",
    hint: "Load the conversation again to see its messages.",
  });
}

export function busy(): CharlaError {
  return new CharlaError("conversation_busy", {
    status: 409,
    message: "An answer is still being written in this conversation.",
    hint: "Wait until it ends, or stop it, and send again.",
    retryable: true,
  });
}

export function invalidParent(param: string): CharlaError {
  return new CharlaError("invalid_parent", {
    status: 400,
    param,
    message: "The message that '{param}' names has the wrong role.",
    hint: "A question follows an answer or begins the conversation; an answer follows a question.",
    params: { param },
  });
}

export function withdrawn(): CharlaError {
  return new CharlaError("turn_withdrawn", {
    status: 409,
    message: "The question was taken back before the model began to answer; nothing was stored.",
    hint: "Send it again.",
    retryable: true,
  });
}

export function messageEmpty(): CharlaError {
  return new CharlaError("message_empty", {
    status: 400,
    param: "content",
    message: "Nothing is left of the message when what hides in it is removed.",
    hint: "Write it again with characters that can be seen.",
  });
}

/** The same for what never was, what was revoked and what has expired. */
export function shareNotFound(): CharlaError {
  return new CharlaError("share_not_found", {
    status: 404,
    message: "This link leads nowhere, or does not any more.",
    hint: "Ask whoever sent it for a new one.",
  });
}

export function sharingDisabled(): CharlaError {
  return new CharlaError("sharing_disabled", {
    status: 403,
    message: "Chats cannot be shared here.",
    hint: "Whoever runs Charla decides that in the policy, in the section sharing.",
  });
}

export function nothingToShare(): CharlaError {
  return new CharlaError("nothing_to_share", {
    status: 400,
    message: "There is nothing in this chat yet that could be shared.",
    hint: "Wait for the first answer.",
  });
}

export function grantNotFound(): CharlaError {
  return new CharlaError("grant_not_found", {
    status: 404,
    message: "There is no such leave to read a chat, or not any more.",
    hint: "Its owner can give a new one.",
  });
}

/** @param index of the conversation in its file, from 0 */
export function conversationTooLarge(index: number): CharlaError {
  return new CharlaError("conversation_too_large", {
    status: 413,
    param: `conversations[${index}]`,
    message: "Conversation {number} of the file is larger than 10 MiB; nothing was imported.",
    hint: "Take it out of the file, or divide it into several.",
    params: { number: index + 1 },
  });
}

export function importRunning(): CharlaError {
  return new CharlaError("import_running", {
    status: 409,
    message: "Another file of yours is being imported.",
    hint: "Wait until that has ended, and send this one again.",
    retryable: true,
  });
}
