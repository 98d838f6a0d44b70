/** The model that answers in the open chat, and the menu to switch to another one that is here. */
import { useEffect } from "react";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { Icon } from "../../ui/icons.tsx";
import { MenuChoice, MenuItem, Popover } from "../../ui/Popover.tsx";
import {
  choices,
  modelHere,
  nameOf,
  refreshModels,
  store,
  switchTo,
  useAdapters,
} from "./store.ts";
import { t } from "./words.ts";

export function ModelMenu() {
  useLanguage();
  const name = useDesk(() => nameOf(modelHere()));
  // Until the server has told what it has, there is nothing to read.
  const told = useDesk(({ has }) => has("models"));
  const panel = useDesk(({ offers }) => offers("models"));
  const many = store.use(() => choices().length > 1);
  useEffect(() => {
    if (told) void refreshModels();
  }, [told]);
  if (!name) return null;
  const face = <span dir="auto">{name}</span>;
  if (!panel && !many) return <p className="model-chip">{face}</p>;
  return (
    <Popover
      label={t("models.menu", { name })}
      face={
        <>
          {face}
          <Icon name="unfold" />
        </>
      }
      look="model-chip"
      kind="menu"
    >
      {(close) => <Choices close={close} />}
    </Popover>
  );
}

function Choices({ close }: { close(): void }) {
  const here = useDesk(modelHere);
  const panel = useDesk(({ offers }) => offers("models"));
  store.use((state) => state);
  const settings = useDesk((desk) => desk.settings);
  const adapters = useAdapters(here ?? undefined);
  useEffect(() => void refreshModels(), []);
  const adapt = (adapter: string | undefined) => {
    const { adapter: _, ...rest } = settings;
    close();
    void desk.saveSettings({ ...rest, ...(adapter && { adapter }) });
  };
  return (
    <>
      {choices().map(({ id, name }) => (
        <MenuChoice
          key={id}
          label={name}
          chosen={id === here}
          onClick={() => {
            close();
            void switchTo(id);
          }}
        />
      ))}
      {adapters.length > 0 && (
        <fieldset className="menu-part">
          <legend>{t("settings.adapter")}</legend>
          <MenuChoice
            label={t("settings.adapter.none")}
            chosen={!settings.adapter}
            onClick={() => adapt(undefined)}
          />
          {adapters.map(({ id, name }) => (
            <MenuChoice
              key={id}
              label={name}
              chosen={id === settings.adapter}
              onClick={() => adapt(id)}
            />
          ))}
        </fieldset>
      )}
      {panel && (
        <div className="menu-part">
          <MenuItem
            icon="model"
            label={t("models.all")}
            onClick={() => {
              close();
              desk.open("models");
            }}
          />
        </div>
      )}
    </>
  );
}
