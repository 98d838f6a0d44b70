/** How the page shows what its rooms have to show. */
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import type { ChatMessage } from "../../src/features/conversations/api.ts";
import { language, t, useLanguage } from "./chat/language.ts";
import { toProblem } from "./chat/problem.ts";
import { desk, furnished, offered, useDesk } from "./desk.ts";
import type {
  Both,
  ChatItem,
  Fact,
  Item,
  MessageItem,
  Panel,
  PanelProps,
  PartProps,
  Parts,
  Setting,
  Slots,
} from "./room.ts";
import { rooms } from "./room.ts";
import { Boundary } from "./ui/Boundary.tsx";
import { Dialog } from "./ui/Dialog.tsx";
import { IconButton } from "./ui/IconButton.tsx";
import { MenuItem } from "./ui/Popover.tsx";
import { ProblemText } from "./ui/ProblemText.tsx";
import { type Reference, References } from "./ui/references.ts";
import { Seen } from "./ui/Seen.tsx";

/** A text of the port in the reader's language. */
export const said = (words: Both): string => words[language()];

/** Renders again when the server has told what it has, or the language is another. */
function useRooms() {
  useLanguage();
  useDesk(() => furnished().length);
  return furnished();
}

/** What the rooms show in a place, in their order. */
export function Slot<Name extends keyof Slots>({ name, ...told }: { name: Name } & Slots[Name]) {
  return useRooms().map((room) => {
    const Shown = room[name] as ComponentType<object> | undefined;
    return Shown && <Shown key={room.name} {...told} />;
  });
}

/** The panels for who sits here now. */
export function usePanels(): readonly Panel[] {
  useLanguage();
  useDesk(() =>
    offered()
      .map(({ name }) => name)
      .join(),
  );
  return offered();
}

/** The panels of the open chat, and which of them tell that something is not as usual. */
export function useChatPanels(): readonly Marked[] {
  const panels = usePanels().filter(({ place }) => place === "chat");
  const marked = ({ mark }: Panel) => mark?.shown(desk) ?? false;
  useDesk(() =>
    panels
      .filter(marked)
      .map(({ name }) => name)
      .join(),
  );
  return panels.map((panel) => ({ ...panel, marked: marked(panel) }));
}

export const ChatButtons = () =>
  useChatPanels().map((panel) => (
    <IconButton
      key={panel.name}
      icon={panel.icon}
      label={wordsOf(panel)}
      data-marked={panel.marked || undefined}
      onClick={() => desk.open(panel.name)}
    />
  ));

/** Lines of a menu that open panels. */
export const PanelItems = ({ panels, close }: { panels: readonly Marked[]; close(): void }) =>
  panels.map((panel) => (
    <MenuItem
      key={panel.name}
      icon={panel.icon}
      label={wordsOf(panel)}
      onClick={() => {
        close();
        desk.open(panel.name);
      }}
    />
  ));

type Marked = Panel & { readonly marked?: boolean };
/** What opens it, and what is not as usual in it. */
export const wordsOf = ({ label, mark, marked }: Marked) =>
  mark && marked ? `${said(label)} (${said(mark.label)})` : said(label);

/** The panel that is open. */
export function OpenPanel() {
  useLanguage();
  const name = useDesk(({ panel }) => panel);
  const panel = offered().find((one) => one.name === name);
  if (!panel) return null;
  const told = { title: said(panel.label), onClose: desk.close };
  return (
    <Boundary key={panel.name} instead={(error) => <Unloaded error={error} {...told} />}>
      <Suspense>
        <panel.Panel {...told} />
      </Suspense>
    </Boundary>
  );
}

/** In the place of a panel that could not be loaded, or has broken. */
const Unloaded = ({ error, title, onClose }: PanelProps & { readonly error: unknown }) => (
  <Dialog title={title} kind="small" onClose={onClose}>
    <div role="alert" className="problem">
      <ProblemText problem={toProblem(error)} />
    </div>
  </Dialog>
);

/** Stands around the page: the first room outermost. */
export const Around = ({ children }: { children: ReactNode }) =>
  rooms().reduceRight<ReactNode>(
    (inside, { Around: Outer, name }) => (Outer ? <Outer key={name}>{inside}</Outer> : inside),
    children,
  );

/** The page of an address, where a room has one. */
export const pageAt = (path: string) =>
  rooms()
    .flatMap(({ pages }) => pages ?? [])
    .find((page) => page.path.test(path));

/** Lines of a menu; each closes it before it runs. */
export function useItems(of: "plus" | "listMenu"): readonly Item[] {
  const items = useRooms().flatMap((room) => room[of] ?? []);
  useDesk(() => items.filter((item) => item.offered?.(desk) ?? true).length);
  return items.filter((item) => item.offered?.(desk) ?? true);
}

/** @param chat the id of the chat that they are about */
export function useChatItems(chat: string): readonly Item[] {
  const items = useRooms().flatMap((room) => room.chatMenu ?? []);
  return items
    .filter((item: ChatItem) => item.offered?.(desk) ?? true)
    .map((item) => ({ ...item, run: () => item.run(chat, desk) }));
}

/** The fields of settings, once their code is there. */
export function useSettings(): readonly Setting[] | null {
  const [all, setAll] = useState<readonly Setting[] | null>(null);
  useEffect(() => {
    Promise.all(furnished().flatMap((room) => room.setting?.() ?? [])).then(
      (found) => setAll(found.sort((a, b) => Number(!a.first) - Number(!b.first))),
      (thrown) =>
        setAll(() => {
          throw thrown;
        }),
    );
  }, []);
  return all;
}

/** A component that is loaded when it is shown for the first time. */
export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  const Lazy = lazy(load) as unknown as ComponentType<Props>;
  return (props) => (
    <Suspense>
      <Lazy {...props} />
    </Suspense>
  );
}

/** What the rooms have for the menus under a message. */
export function useMessageItems(message: ChatMessage): readonly MessageItem[] {
  useLanguage();
  const now = () =>
    furnished()
      .flatMap((room) => room.ofMessage?.(message) ?? [])
      .filter((item) => item.offered?.(desk) ?? true);
  // Rooms make them anew each time; they are others when their names are.
  useDesk(() =>
    now()
      .map(({ label }) => label.en)
      .join("\n"),
  );
  return now();
}

export const Items = ({ items, close }: { items: readonly Item[]; close(): void }) =>
  items.map(({ icon, label, danger = false, run }) => (
    <MenuItem
      key={label.en}
      icon={icon}
      danger={danger}
      label={said(label)}
      onClick={() => {
        close();
        run(desk);
      }}
    />
  ));

interface Shown extends Pick<ChatMessage, "role" | "content" | "parts"> {
  readonly running?: boolean;
  readonly message?: ChatMessage;
}

/** A message, part by part, its text last; what no room can show of it is named. */
export function MessageParts({ role, content, parts = [], running = false, message }: Shown) {
  const text = { type: "text", text: content } as const;
  const shown = content === "" && parts.length > 0 ? parts : [...parts, text];
  const all = useRooms();
  const said = { content, parts: [...parts] };
  const references = parts.length > 0 ? all.flatMap((room) => room.references?.(said) ?? []) : NONE;
  const elements = shown.map((part, at) => {
    const { type } = part;
    const room = all.find(({ parts }) => parts && Object.hasOwn(parts, type))?.parts?.[type];
    const Room = room as ComponentType<PartProps<keyof Parts>> | undefined;
    const last = running && at === shown.length - 1;
    const told = { part, role, running: last, ...(message && { message }) };
    // biome-ignore-start lint/suspicious/noArrayIndexKey: parts are told apart by their place
    if (Room) return <Room key={at} {...told} />;
    return part.type === "text" ? (
      <PlainText key={at} part={part} />
    ) : (
      <NotShown key={at} type={type} />
    );
    // biome-ignore-end lint/suspicious/noArrayIndexKey: parts are told apart by their place
  });
  return <References value={references}>{elements}</References>;
}
const NONE: readonly Reference[] = [];

const NotShown = ({ type }: { readonly type: string }) => (
  <p className="note">{t("part.notShown", { type })}</p>
);

export const PlainText = ({ part }: Pick<PartProps<"text">, "part">) => (
  <div className="plain" dir="auto">
    <Seen text={part.text} />
  </div>
);

/** What the rooms know of how an answer came to be: names, and values that say something. */
export const factsOf = (message: ChatMessage): readonly Fact[] =>
  furnished()
    .flatMap((room) => room.details?.(message) ?? [])
    .filter(([, value]) => value);
