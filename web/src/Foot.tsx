/** The last row of the list: who is here, and the menu of the panels that are not about one chat. */
import { t, useLanguage } from "./chat/language.ts";
import { desk, useDesk } from "./desk.ts";
import { said, usePanels } from "./slots.tsx";
import { Icon } from "./ui/icons.tsx";
import { MenuItem, Popover } from "./ui/Popover.tsx";

export function Foot() {
  useLanguage();
  const person = useDesk((desk) => desk.person);
  const panels = usePanels("list");
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
      {(close) =>
        panels.map((panel) => (
          <MenuItem
            key={panel.name}
            icon={panel.icon}
            label={said(panel.label)}
            onClick={() => {
              close();
              desk.open(panel.name);
            }}
          />
        ))
      }
    </Popover>
  );
}
