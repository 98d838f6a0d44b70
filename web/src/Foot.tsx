/** The last row of the list: who is here, and the menu of the panels that are not about one chat. */
import { t, useLanguage } from "./chat/language.ts";
import { useDesk } from "./desk.ts";
import { GROUPS } from "./room.ts";
import { PanelItems, usePanels } from "./slots.tsx";
import { Icon } from "./ui/icons.tsx";
import { Popover } from "./ui/Popover.tsx";

export function Foot() {
  useLanguage();
  const person = useDesk((desk) => desk.person);
  const panels = usePanels();
  const name = person?.name;
  return (
    <Popover
      kind="menu"
      label={name ? `${name}, ${t("foot.menu")}` : t("foot.menu")}
      face={
        <>
          <Icon name={name ? "person" : "sliders"} />
          <span>{name ?? t("foot.menu")}</span>
          <Icon name="upDown" />
        </>
      }
    >
      {(close) => (
        <div className="foot-menu">
          {GROUPS.map((group) => {
            const own = panels.filter(({ place }) => place === group);
            if (own.length === 0) return null;
            return (
              <fieldset key={group} className="menu-part">
                <legend className={group === "list" ? "sr-only" : undefined}>
                  {t(`foot.${group}`)}
                </legend>
                <PanelItems panels={own} close={close} />
              </fieldset>
            );
          })}
        </div>
      )}
    </Popover>
  );
}
