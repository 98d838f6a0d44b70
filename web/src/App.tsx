/**
 * The full page: the list of chats, the open chat in the middle, and the rooms around it. What it
 * shows of rooms stands in slots (`room.ts`); it knows none of them.
 */
import { useEffect, useRef, useState } from "react";
import { ChatHeader } from "./ChatHeader.tsx";
import { useFollow } from "./chat/follow.ts";
import { t, useLanguage } from "./chat/language.ts";
import { Questions } from "./chats/Questions.tsx";
import { Sidebar } from "./chats/Sidebar.tsx";
import { store as shelf } from "./chats/shelf.ts";
import { Dock } from "./Dock.tsx";
import { composerIs, useDesk } from "./desk.ts";
import { Foot } from "./Foot.tsx";
import { useKeyboard } from "./keyboard.ts";
import { usePresence, useTitle } from "./presence.ts";
import { OpenPanel, Slot } from "./slots.tsx";
import { Thread } from "./Thread.tsx";
import { Dialog } from "./ui/Dialog.tsx";
import { Tips } from "./ui/Tips.tsx";
import { ToastArea } from "./ui/toast.tsx";
import { useWide } from "./ui/useWide.ts";
import "./page.css";

export function App() {
  useLanguage();
  const wide = useWide();
  const [sidebar, setSidebar] = useState(wide);
  const composer = useRef<HTMLTextAreaElement>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const follow = useFollow();
  // Not while one is loaded: it will hardly be empty.
  const empty = useDesk(
    ({ branch, chatId, chat }) => branch.length === 0 && (chatId === null || chat !== null),
  );
  const write = () => composer.current?.focus();
  const toggle = () => setSidebar((open) => !open);

  usePresence();
  useTitle();
  useEffect(() => composerIs(() => composer.current?.focus()), []);
  useKeyboard({
    write,
    sidebar: toggle,
    search() {
      setSidebar(true);
      // The box may only be there after the next render.
      requestAnimationFrame(() => searchBox.current?.focus());
    },
  });

  // A drawer that was open makes no sense beside a wide page, and the other way round.
  useEffect(() => setSidebar(wide), [wide]);

  // On a phone the drawer is in the way of what was opened from it.
  const opened = useDesk(({ panel }) => panel !== null);
  useEffect(() => {
    if (opened && !wide) setSidebar(false);
  }, [opened, wide]);
  const choosing = shelf.use(({ chosen }) => chosen !== null);
  useEffect(() => {
    if (choosing) setSidebar(true);
  }, [choosing]);

  const list = (
    <Sidebar searchBox={searchBox} onNavigate={() => !wide && setSidebar(false)}>
      <Slot name="Foot" />
      <Foot />
    </Sidebar>
  );
  return (
    <div className="app">
      <button type="button" className="skip" onClick={write}>
        {t("skip")}
      </button>
      {sidebar && wide && <aside aria-label={t("list.label")}>{list}</aside>}
      {sidebar && !wide && (
        <Dialog kind="drawer" title={t("list.label")} onClose={() => setSidebar(false)}>
          {list}
        </Dialog>
      )}
      <div className={empty ? "chat empty" : "chat"}>
        <ChatHeader sidebarOpen={sidebar && wide} onSidebar={toggle} />
        <Slot name="Banner" />
        <Thread follow={follow} empty={empty} />
        <Dock follow={follow} composer={composer} empty={empty} />
      </div>
      <OpenPanel />
      <Questions />
      <Slot name="Over" />
      <ToastArea />
      <Tips />
    </div>
  );
}
