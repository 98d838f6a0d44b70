/** Above the composer: the collections that the chat is answered from. */
import type { CollectionList } from "../../../../src/features/knowledge/api.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { useList } from "../../ui/useList.ts";
import { attachToChat, PATH } from "./shelves.ts";
import { t } from "./words.ts";

export function Shelves({ ids }: { readonly ids: readonly string[] }) {
  const { reply } = useList<CollectionList>(PATH);
  if (!reply) return null;
  return ids.map((id) => {
    const one = reply.items.find((item) => item.id === id);
    const name = one?.name ?? t("collection.gone");
    return (
      <li key={id} className={one ? "chip" : "chip failed"}>
        <Icon name="folder" />
        <div className="chip-text">
          <span className="chip-name" dir="auto" title={name}>
            {name}
          </span>
          {one && <span className="hint">{countOf(one.files.length)}</span>}
        </div>
        <IconButton
          icon="close"
          label={t("collection.leave", { name })}
          onClick={() => void attachToChat(id, false)}
        />
      </li>
    );
  });
}

export const countOf = (n: number) => t(n === 1 ? "collection.one" : "collection.many", { n });
