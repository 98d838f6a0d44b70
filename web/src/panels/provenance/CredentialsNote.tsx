/** Says what a text in the composer brings along: a signed label that nobody sees (C2PA). */
import { useEffect, useState } from "react";
import type { Credentials } from "../../../../src/features/provenance/c2pa/api.ts";
import { wrappersIn } from "../../../../src/features/provenance/c2pa/wrapper.ts";
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { credentialsTold, readCredentials } from "./credentials.ts";
import { t } from "./words.ts";
import "./credentials.css";

export function CredentialsNote() {
  useLanguage();
  const draft = useDesk((desk) => desk.draft);
  const [said, setSaid] = useState<{ of: string; found: Credentials } | null>(null);
  // What stands around it is not signed: only the text with the label in it is looked at.
  const [label] = wrappersIn(draft);
  const text = label ? draft.slice(0, label.to) : "";
  useEffect(() => {
    if (text === "") return;
    let over = false;
    readCredentials(text)
      .catch((): Credentials => ({ state: "broken" }))
      .then((found) => over || setSaid({ of: text, found }));
    return () => {
      over = true;
    };
  }, [text]);
  if (text === "" || said?.of !== text) return null;
  return (
    <p role="status" className="credentials-note">
      {credentialsTold(said.found)} {t("label.removed")}
    </p>
  );
}
