/** What can be done with one chat: in the list, and above it when it is open. */
import { t } from "../chat/language.ts";
import { Items, useChatItems } from "../slots.tsx";
import { MenuItem } from "../ui/Popover.tsx";
import type { Summary } from "./api.ts";
import { pin } from "./list.ts";
import { archive, ask, choose, remove } from "./shelf.ts";

interface Props {
  readonly chat: Pick<Summary, "id" | "pinned" | "archived">;
  close(): void;
  onRename(): void;
  /** In the list, others can be chosen with it. */
  readonly listed?: boolean;
}

export function ChatMenu({ chat: { id, pinned, archived }, close, onRename, listed }: Props) {
  const more = useChatItems(id);
  const item = (action: () => void) => () => {
    close();
    action();
  };
  return (
    <>
      <MenuItem
        icon="pin"
        label={t(pinned ? "conversation.unpin" : "conversation.pin")}
        onClick={item(() => void pin(id, !pinned))}
      />
      <MenuItem icon="edit" label={t("conversation.rename")} onClick={item(onRename)} />
      <MenuItem
        icon="folder"
        label={t("conversation.move")}
        onClick={item(() => ask({ about: "move", chats: [id] }))}
      />
      <MenuItem
        icon="archive"
        label={t(archived ? "conversation.unarchive" : "conversation.archive")}
        onClick={item(() => void archive([id], !archived))}
      />
      <Items items={more} close={close} />
      {listed && (
        <MenuItem
          icon="select"
          label={t("conversation.choose")}
          onClick={item(() => choose([id]))}
        />
      )}
      <MenuItem
        icon="trash"
        label={t("conversation.delete")}
        danger
        onClick={item(() => void remove([id]))}
      />
    </>
  );
}
