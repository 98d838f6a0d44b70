/** What is said of files that cannot be taken, or read. */
import { CharlaError } from "../../core/errors.ts";
import type { ReadingCode } from "./reading/sections.ts";

const MB = 1e6;

export const tooLarge = (bytes: number) =>
  new CharlaError("file_too_large", {
    status: 413,
    message: "The file is larger than {limit} MB, which is the most that this server takes.",
    hint: "Split it, or give only the part that you want to ask about.",
    params: { limit: Math.round(bytes / MB) },
  });

/** @param bytes and files that a person may have */
export const noRoom = (bytes: number, files: number) =>
  new CharlaError("files_full", {
    status: 409,
    message: "You have as many files as you may: {limit} MB, or {files} files.",
    hint: "Delete files that you no longer need.",
    params: { limit: Math.round(bytes / MB), files },
  });

export const notFound = () =>
  new CharlaError("file_not_found", {
    status: 404,
    message: "There is no such file.",
    hint: "It may have been deleted.",
  });

export const collectionNotFound = () =>
  new CharlaError("collection_not_found", {
    status: 404,
    message: "There is no such collection.",
    hint: "It may have been deleted, or is no longer lent.",
  });

export const collectionsFull = (limit: number) =>
  new CharlaError("collections_full", {
    status: 409,
    message: "You have {limit} collections already, and there is no room for more.",
    hint: "Delete one that you do not use.",
    params: { limit },
  });

export const collectionFull = (limit: number) =>
  new CharlaError("collection_full", {
    status: 409,
    message: "A collection holds at most {limit} files.",
    hint: "Put the rest into another one.",
    params: { limit },
  });

export const storeNotFound = () =>
  new CharlaError("store_not_found", {
    status: 404,
    message: "There is no such vector store.",
    hint: "It may have been deleted.",
  });

export const batchNotFound = () =>
  new CharlaError("batch_not_found", {
    status: 404,
    message: "There is no such batch of files.",
    hint: "A vector store knows its last twenty.",
  });

export const storeExpired = () =>
  new CharlaError("store_expired", {
    status: 400,
    message: "The vector store has expired.",
    hint: "Give it another expires_after, and put its files in again.",
  });

/** @param characters of all that a person may attach to files */
export const attributesFull = (characters: number) =>
  new CharlaError("attributes_full", {
    status: 409,
    param: "attributes",
    message: "You have attached as much to files as you may: {limit} million characters.",
    hint: "Delete vector stores that you no longer need.",
    params: { limit: characters / MB },
  });

export const lendingOff = () =>
  new CharlaError("lending_off", {
    status: 403,
    message: "The organisation does not allow files to be lent.",
    hint: "Ask an administrator if you need it.",
  });

/** Why the text of a file could not be taken out, as its owner is told. */
export function unreadable(code: ReadingCode): CharlaError {
  switch (code) {
    case "file_unknown":
      return new CharlaError("file_unknown", {
        status: 422,
        message: "Charla cannot read this kind of file.",
        hint: "Save it as PDF, DOCX, ODT, PPTX, XLSX, CSV, HTML, EPUB, Markdown or plain text.",
      });
    case "file_old_office":
      return new CharlaError("file_old_office", {
        status: 422,
        message: "The file has a format of Office from before 2007, which Charla cannot read.",
        hint: "Save it as DOCX, XLSX, PPTX or PDF.",
      });
    case "file_encrypted":
      return new CharlaError("file_encrypted", {
        status: 422,
        message: "The file is locked by a password.",
        hint: "Save a copy without the password.",
      });
    case "file_scanned":
      return new CharlaError("file_scanned", {
        status: 422,
        message: "The file has only images and no text, as scanners make them.",
        hint: "Install tesseract where the server is (Debian, Ubuntu: “apt install tesseract-ocr tesseract-ocr-spa”), then try again.",
      });
    case "file_without_text":
      return new CharlaError("file_without_text", {
        status: 422,
        message: "There is no text in the file.",
        hint: "Look whether it is the right one.",
      });
    case "file_too_deep":
      return new CharlaError("file_too_deep", {
        status: 422,
        message:
          "The file unpacks or nests to far more than a document does, so it was not opened.",
        hint: "If you trust it, save it as PDF or plain text.",
      });
    case "file_too_heavy":
      return new CharlaError("file_too_heavy", {
        status: 422,
        message: "Reading the file took too much time or memory and was ended.",
        hint: "Split it, or save it as plain text.",
      });
    default:
      return new CharlaError("file_broken", {
        status: 422,
        message: "The file is broken, or not what its name says.",
        hint: "Open it in its own program and save it again.",
      });
  }
}
