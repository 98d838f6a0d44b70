/** What happens before a message goes: a chat that warns shows what personal data is in it. */
import { beforeSending } from "./panels/conversations/ask.ts";
import { saveSettings, settingsSaved } from "./panels/conversations/open.ts";
import * as chats from "./panels/conversations/store.ts";
import { decide } from "./panels/personal-data/check.ts";

beforeSending(async (text) => {
  const { chat, newSettings } = chats.store.get();
  const settings = chat?.settings ?? newSettings;
  const decision = await decide(text, settings.privacy);
  if (decision !== "mask") return decision === "send";
  saveSettings({ ...settings, privacy: "mask" });
  return (await settingsSaved) !== false;
});
