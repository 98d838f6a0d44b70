/** What is chosen from: the chats that are kept here, and the models that were taken along. */
import { useState } from "react";
import { t as shared, useLanguage } from "../../chat/language.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { MenuChoice, MenuItem, Popover } from "../../ui/Popover.tsx";
import * as asking from "./asking.ts";
import * as parts from "./parts.ts";
import { t } from "./words.ts";

export function Chats() {
  useLanguage();
  const chats = asking.store.use((all) => all.chats) ?? [];
  const openId = asking.store.use((all) => all.openId);
  const [removing, setRemoving] = useState<string | null>(null);
  return (
    <>
      <Popover label={t("offline.chats")} icon="sidebar" kind="menu">
        {(close) => (
          <>
            <MenuItem
              icon="plus"
              label={shared("conversation.new")}
              onClick={() => {
                close();
                asking.show(null);
              }}
            />
            {chats.map(({ id, title }) => (
              <MenuChoice
                key={id}
                label={title}
                chosen={id === openId}
                onClick={() => {
                  close();
                  asking.show(id);
                }}
              />
            ))}
            {openId !== null && (
              <MenuItem
                icon="trash"
                danger
                label={t("offline.delete")}
                onClick={() => {
                  close();
                  setRemoving(openId);
                }}
              />
            )}
          </>
        )}
      </Popover>
      {removing !== null && (
        <Dialog title={t("offline.delete")} kind="small" onClose={() => setRemoving(null)}>
          <p className="lead">{t("offline.deleteSure")}</p>
          <div className="dialog-foot">
            <button type="button" className="quiet" onClick={() => setRemoving(null)}>
              {shared("cancel")}
            </button>
            <button
              type="button"
              className="primary danger"
              onClick={() => {
                setRemoving(null);
                asking.stop();
                void asking.removeChat(removing);
              }}
            >
              {t("offline.delete")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Shown where there is a choice. */
export function Models() {
  useLanguage();
  const here = parts.store.use(({ parts: all }) => all);
  const models = parts.modelsHere(here);
  const chosen = asking.store.use(({ model }) => model) ?? models[0]?.digest;
  if (models.length < 2) return null;
  const name = models.find(({ digest }) => digest === chosen)?.name ?? "";
  return (
    <Popover label={t("offline.model", { model: name })} kind="menu" face={<span>{name}</span>}>
      {(close) =>
        models.map((one) => (
          <MenuChoice
            key={one.digest}
            label={one.name}
            facts={one.quantisation}
            chosen={one.digest === chosen}
            onClick={() => {
              close();
              asking.choose(one.digest);
              void asking.warm().catch(() => {});
            }}
          />
        ))
      }
    </Popover>
  );
}
