/**
 * What the routes of conversations answer when they cannot do what they are asked.
 */
import { CharlaError } from "../../core/errors.ts";

export function conversationNotFound(): CharlaError {
  return new CharlaError("conversation_not_found", {
    status: 404,
    message: "There is no such chat.",
    hint: "It may have been deleted, here or in another window; see the list for those there are.",
  });
}

export function folderNotFound(): CharlaError {
  return new CharlaError("folder_not_found", {
    status: 404,
    message: "There is no such folder.",
    hint: "It may have been deleted in another window; its chats are in the list.",
  });
}

export function foldersFull(limit: number): CharlaError {
  return new CharlaError("folders_full", {
    status: 409,
    message: "You have {limit} folders already.",
    hint: "Delete one that you no longer need; its chats stay.",
    params: { limit },
  });
}

export function messageNotFound(): CharlaError {
  return new CharlaError("message_not_found", {
    status: 404,
    message: "There is no such message in this chat.",
    hint: "Reload the chat to see its messages.",
  });
}

export function busy(): CharlaError {
  return new CharlaError("conversation_busy", {
    status: 409,
    message: "An answer is still being written in this chat.",
    hint: "Wait until it ends, or stop it, and send again.",
    retryable: true,
  });
}

export function invalidParent(param: string): CharlaError {
  return new CharlaError("invalid_parent", {
    status: 400,
    param,
    message: "The message that '{param}' names has the wrong role.",
    hint: "A question follows an answer or begins the chat; an answer follows a question.",
    params: { param },
  });
}

export function answerWhole(): CharlaError {
  return new CharlaError("answer_whole", {
    status: 409,
    param: "continues",
    message: "This answer cannot be continued.",
    hint: "Only the last answer of a chat can be, if it was cut: ask for another answer, or go on asking.",
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
    message: "The message held nothing but hidden characters.",
    hint: "Write it again with characters that can be seen.",
  });
}

/** The same for what never was, what was revoked and what has expired. */
export function shareNotFound(): CharlaError {
  return new CharlaError("share_not_found", {
    status: 404,
    message: "This link does not exist, or no longer does.",
    hint: "Ask whoever sent it for a new one.",
  });
}

export function sharingDisabled(): CharlaError {
  return new CharlaError("sharing_disabled", {
    status: 403,
    message: "Chats cannot be shared here.",
    hint: "Your organisation decides that in the policy, in the section sharing.",
  });
}

export function nothingToShare(): CharlaError {
  return new CharlaError("nothing_to_share", {
    status: 400,
    message: "There is nothing in this chat yet that could be shared.",
    hint: "Wait for the first answer.",
  });
}

export function sharesFull(limit: number): CharlaError {
  return new CharlaError("shares_full", {
    status: 409,
    message: "There are {limit} links to this chat already.",
    hint: "Revoke one of them, or send one again that is there.",
    params: { limit },
  });
}

export function grantsFull(limit: number): CharlaError {
  return new CharlaError("grants_full", {
    status: 409,
    message: "You have already given {limit} permissions to read this chat.",
    hint: "One is enough; take others back if you need a new one.",
    params: { limit },
  });
}

export function grantNotFound(): CharlaError {
  return new CharlaError("grant_not_found", {
    status: 404,
    message: "This permission to read a chat does not exist, or no longer does.",
    hint: "Its owner can give a new one.",
  });
}

/** @param index of the conversation in its file, from 0 */
export function conversationTooLarge(index: number): CharlaError {
  return new CharlaError("conversation_too_large", {
    status: 413,
    param: `conversations[${index}]`,
    message: "Chat {number} of the file is larger than 10 MiB; nothing was imported.",
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

/** @param index of the conversation in its file, from 0 */
export function conversationTooLong(index: number, limit: number): CharlaError {
  return new CharlaError("conversation_too_long", {
    status: 413,
    param: `conversations[${index}]`,
    message: "Chat {number} of the file has more than {limit} messages; nothing was imported.",
    hint: "Take it out of the file, or divide it into several.",
    params: { number: index + 1, limit },
  });
}

export function conversationFull(limit: number): CharlaError {
  return new CharlaError("conversation_full", {
    status: 400,
    message: "This chat is full: it has {limit} messages, or as much text as a chat can hold.",
    hint: "Begin a new chat; this one stays as it is.",
    params: { limit },
  });
}

export function importUnknown(): CharlaError {
  return new CharlaError("import_unknown", {
    status: 400,
    param: "conversations",
    message: "This is not a file of chats that Charla has written.",
    hint: "Choose the JSON file that Charla made when all chats were downloaded.",
  });
}

export function importTooMany(limit: number): CharlaError {
  return new CharlaError("import_too_many", {
    status: 413,
    param: "conversations",
    message: "The file holds more than {limit} chats; nothing was imported.",
    hint: "Divide it into several files.",
    params: { limit },
  });
}

export function receiptNotFound(): CharlaError {
  return new CharlaError("receipt_not_found", {
    status: 404,
    message: "There is no receipt of this answer.",
    hint: "It was written before receipts were kept, was cut off by a crash, or its receipt was deleted.",
  });
}

export function importNotFound(): CharlaError {
  return new CharlaError("import_not_found", {
    status: 404,
    message: "You have no such import.",
    hint: "What has become of one is known for some weeks; the list of jobs has those there are.",
  });
}

/** @param most bytes of a file */
export function importTooLarge(most: number): CharlaError {
  return new CharlaError("import_too_large", {
    status: 413,
    message: "The file is larger than {mebibytes} MiB; nothing was imported.",
    hint: "Most of an export is pictures: unpack it, and import the file conversations.json alone.",
    params: { mebibytes: Math.floor(most / 2 ** 20) },
  });
}

export function importGone(cause: unknown): CharlaError {
  return new CharlaError("import_gone", {
    status: 410,
    message: "The file that was to be imported is not here any more.",
    hint: "Import it again: chats that are here already stay as they are.",
    cause,
  });
}

export function zipBroken(cause?: unknown): CharlaError {
  return new CharlaError("zip_broken", {
    status: 400,
    message: "The ZIP archive is not whole, or is encrypted.",
    hint: "Download it again, or unpack it and import the JSON file that is in it.",
    cause,
  });
}

/** Of a file in which there is no chat of any format. */
export function importForeign(): CharlaError {
  return new CharlaError("import_foreign", {
    status: 400,
    message: "There are no chats in this file, or it is none of the formats that Charla reads.",
    hint: "It takes exports of ChatGPT and Claude (the ZIP or conversations.json), of Open WebUI, of LibreChat (JSON), and its own.",
  });
}

export function importNewer(): CharlaError {
  return new CharlaError("import_newer", {
    status: 400,
    message: "This file was made by a newer Charla.",
    hint: "Update this Charla first, and import the file again.",
  });
}

/** Of a file that is no JSON, or ends in the middle. */
export function importNotWhole(cause: unknown): CharlaError {
  return new CharlaError("import_not_whole", {
    status: 400,
    message: "This file is not JSON, or it ends in the middle.",
    hint: "Export the chats again, and import the file as it comes.",
    cause,
  });
}

export function importTooComplex(cause: unknown): CharlaError {
  return new CharlaError("import_too_complex", {
    status: 400,
    message: "A chat in this file takes more memory than an import may have.",
    hint: "Divide the file into several, and find out which of its chats it is.",
    cause,
  });
}
