/**
 * What can go wrong with keys. No message ever holds a key or a part of one.
 */
import { CharlaError } from "../../core/errors.ts";

export function textUnreadable(): CharlaError {
  return new CharlaError("text_unreadable", {
    message: "A stored text cannot be opened with its owner's key.",
    hint: "The database was changed from outside, or the key was erased; put a backup in its place.",
  });
}

export function masterMissing(place: string, cause?: unknown): CharlaError {
  return new CharlaError("master_key_missing", {
    message: "The master key cannot be read from {place}, and the chats are sealed with it.",
    hint: "Put the key back, or say where it is with CHARLA_MASTER_KEY_FILE, CHARLA_MASTER_KEY or CHARLA_MASTER_KEY_COMMAND. Nothing was changed.",
    params: { place },
    cause,
  });
}

export function masterInvalid(place: string): CharlaError {
  return new CharlaError("master_key_invalid", {
    message: "What {place} holds is not a master key.",
    hint: "A master key is 32 bytes, written as 64 hexadecimal digits or in Base64: openssl rand -base64 32",
    params: { place },
  });
}

export function masterWrong(place: string): CharlaError {
  return new CharlaError("master_key_wrong", {
    message: "The master key from {place} is not the one that this database was sealed with.",
    hint: "Give the key that belongs to this database; nothing was changed.",
    params: { place },
  });
}

export function masterUnsaved(place: string, cause: unknown): CharlaError {
  return new CharlaError("master_key_unsaved", {
    message: "The new master key cannot be written to {place}.",
    hint: "Name a file that is not there yet, in a folder that this user may write to.",
    params: { place },
    cause,
  });
}

export function targetMissing(): CharlaError {
  return new CharlaError("master_key_target_missing", {
    status: 400,
    message: "This master key is not kept by Charla, so Charla cannot put a new one in its place.",
    hint: "Name a file for the new key with --to, then point CHARLA_MASTER_KEY_FILE at it.",
  });
}
