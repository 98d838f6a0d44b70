import type { Room } from "../../room.ts";
import { mayGo } from "./check.ts";
import { MaskedNote } from "./MaskedNote.tsx";
import { PrivacyField, readPrivacy } from "./PrivacyField.tsx";
import { Warning } from "./Warning.tsx";

export const room: Room = {
  name: "personal-data",
  needs: "personal-data",
  beforeSending: mayGo,
  AboveComposer: MaskedNote,
  setting: { Field: PrivacyField, read: readPrivacy },
  Over: Warning,
};
