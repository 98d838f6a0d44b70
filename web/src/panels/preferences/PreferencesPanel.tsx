/** What is chosen for this browser, in a dialog of its own. */
import { useLanguage } from "../../chat/language.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Preferences } from "./Preferences.tsx";

export default function PreferencesPanel({ title, onClose }: PanelProps) {
  useLanguage();
  return (
    <Dialog title={title} kind="small" onClose={onClose}>
      <Preferences />
    </Dialog>
  );
}
