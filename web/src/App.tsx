/**
 * The full page: the core's chat in the middle and the rooms around it. The files beside this one
 * put the rooms of `panels/` together; no room knows another.
 */
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { ChatHeader } from "./ChatHeader.tsx";
import { useFollow } from "./chat/follow.ts";
import { t, useLanguage } from "./chat/language.ts";
import { Dock } from "./Dock.tsx";
import * as account from "./panels/account/store.ts";
import { stop } from "./panels/conversations/ask.ts";
import { titleOf } from "./panels/conversations/ListItem.tsx";
import { refreshList } from "./panels/conversations/list.ts";
import { idInAddress, open, saveSettings } from "./panels/conversations/open.ts";
import { Sidebar } from "./panels/conversations/Sidebar.tsx";
import * as chats from "./panels/conversations/store.ts";
import { HelpSheet } from "./panels/help/HelpSheet.tsx";
import { type Action, useShortcuts } from "./panels/help/shortcuts.ts";
import { Budget } from "./panels/limits/Budget.tsx";
import { PersonBudget } from "./panels/limits/PersonBudget.tsx";
import { Markdown } from "./panels/markdown/Markdown.tsx";
import { EnginePanel } from "./panels/metrics/EnginePanel.tsx";
import { ModelsPanel } from "./panels/models/ModelsPanel.tsx";
import * as models from "./panels/models/store.ts";
import { PrivacyField } from "./panels/personal-data/PrivacyField.tsx";
import { Warning } from "./panels/personal-data/Warning.tsx";
import { Preferences } from "./panels/preferences/Preferences.tsx";
import { ChatSettings } from "./panels/settings/ChatSettings.tsx";
import * as sharing from "./panels/sharing/store.ts";
import { StatusBanner } from "./panels/status/StatusBanner.tsx";
import * as status from "./panels/status/store.ts";
import "./sending.ts";
import { Thread } from "./Thread.tsx";
import { copyText } from "./ui/CopyButton.tsx";
import { Dialog } from "./ui/Dialog.tsx";
import { Icon, type IconName } from "./ui/icons.tsx";
import { asSeen } from "./ui/reveal.ts";
import { ToastArea } from "./ui/toast.tsx";
import { useWide } from "./ui/useWide.ts";

const AccountPanel = lazy(() => import("./panels/account/AccountPanel.tsx"));
const PeoplePanel = lazy(() => import("./panels/account/PeoplePanel.tsx"));
const PrivacyPanel = lazy(() => import("./panels/privacy/PrivacyPanel.tsx"));
const ShareDialog = lazy(() => import("./panels/sharing/ShareDialog.tsx"));
const SupportPanel = lazy(() => import("./panels/sharing/SupportPanel.tsx"));

type Panel =
  | "models"
  | "engine"
  | "settings"
  | "help"
  | "account"
  | "people"
  | "privacy"
  | "share"
  | "support"
  | null;

export function App() {
  const language = useLanguage();
  const wide = useWide();
  const [panel, setPanel] = useState<Panel>(null);
  const [sidebar, setSidebar] = useState(wide);
  const title = chats.store.use(({ chat }) => (chat ? titleOf(chat) : null));
  const shown = chats.store.use(({ chat }) => chat?.id);
  const finished = chats.store.use((state) => state.finished);
  const composer = useRef<HTMLTextAreaElement>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const follow = useFollow();
  const library = models.store.use((state) => state.library);
  const person = account.store.use(({ state }) => state?.person);
  // Without accounts the one who sits here is.
  const administers = account.store.use(
    ({ state }) => state?.mode === "solo" || state?.person?.role === "administrator",
  );
  const openModels = library ? () => setPanel("models") : null;

  useEffect(() => {
    const onAddress = () => void open(idInAddress(), false);
    const onVisible = () => {
      if (document.visibilityState === "visible") void refreshList();
    };
    onAddress();
    void status.checkStatus();
    // Where it cannot be asked, nothing is offered.
    sharing.load().catch(() => sharing.store.set({ sharing: null }));
    addEventListener("popstate", onAddress);
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      removeEventListener("popstate", onAddress);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, []);

  // A stream that breaks is the first sign that the server is away.
  const connected = chats.store.use((state) => state.connected);
  const offline = chats.store.use(({ problem }) => problem?.code === "offline");
  useEffect(() => {
    if (!connected || offline) void status.checkStatus();
  }, [connected, offline]);

  // Whose session has ended is asked to sign in; what was being written is kept as a draft.
  const lost = chats.store.use(({ problem }) => account.isLost(problem));
  useEffect(() => void (lost && account.refresh()), [lost]);

  // And when it is back, what failed meanwhile is looked at again.
  const reachable = status.store.use(({ status }) => status?.reachable ?? false);
  useEffect(() => {
    if (!reachable) return;
    void refreshList();
    if (chats.store.get().problem?.code === "offline") chats.dismissProblem();
  }, [reachable]);

  // A drawer that was open makes no sense beside a wide page, and the other way round.
  useEffect(() => setSidebar(wide), [wide]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the title follows the language
  useEffect(() => {
    document.title = title ? `${title} · Charla` : `Charla · ${t("app.subtitle")}`;
  }, [title, language]);

  useShortcuts((action: Action) => {
    const branch = chats.branchOf(chats.store.get());
    const question = branch.findLast(({ role, status }) => role === "user" && status === "done");
    const answer = branch.findLast(({ role, content }) => role === "assistant" && content !== "");
    switch (action) {
      case "stop":
        return void stop();
      case "newChat":
        void open(null);
        return composer.current?.focus();
      case "search":
        setSidebar(true);
        // The box may only be there after the next render.
        return void requestAnimationFrame(() => searchBox.current?.focus());
      case "sidebar":
        return setSidebar((open) => !open);
      case "write":
        return composer.current?.focus();
      case "editLast":
        return question && chats.edit({ id: question.id, text: asSeen(question.content) });
      case "copyLast":
        return void (answer && copyText(asSeen(answer.content)));
      case "help":
        return setPanel("help");
    }
  });

  const foot = (
    <>
      {openModels && <FootButton icon="model" label={t("models.title")} onClick={openModels} />}
      <FootButton icon="pulse" label={t("engine.title")} onClick={() => setPanel("engine")} />
      {person?.role === "administrator" && (
        <>
          <FootButton icon="people" label={t("people.title")} onClick={() => setPanel("people")} />
          <FootButton icon="share" label={t("support.open")} onClick={() => setPanel("support")} />
        </>
      )}
      {person && (
        <FootButton icon="person" label={t("account.title")} onClick={() => setPanel("account")} />
      )}
      <FootButton icon="shield" label={t("privacy.title")} onClick={() => setPanel("privacy")} />
      <FootButton icon="help" label={t("help.title")} onClick={() => setPanel("help")} />
      {person && <Budget after={finished} />}
      <Preferences />
    </>
  );
  const list = (
    <Sidebar searchBox={searchBox} onNavigate={() => !wide && setSidebar(false)}>
      {foot}
    </Sidebar>
  );
  return (
    <div className="app">
      <button type="button" className="skip" onClick={() => composer.current?.focus()}>
        {t("skip")}
      </button>
      {sidebar && wide && <aside aria-label={t("list.label")}>{list}</aside>}
      {sidebar && !wide && (
        <Dialog kind="drawer" title={t("list.label")} onClose={() => setSidebar(false)}>
          {list}
        </Dialog>
      )}
      <div className="chat">
        <ChatHeader
          sidebarOpen={sidebar && wide}
          onSidebar={() => setSidebar((open) => !open)}
          onModels={openModels}
          onSettings={() => setPanel("settings")}
          onShare={() => setPanel("share")}
        />
        <StatusBanner onModels={openModels} />
        <Thread follow={follow} composer={composer} onModels={openModels} />
        <Dock follow={follow} composer={composer} />
      </div>
      {panel === "models" && (
        <ModelsPanel
          onClose={() => {
            setPanel(null);
            void status.checkStatus();
          }}
        />
      )}
      {panel === "engine" && <EnginePanel onClose={() => setPanel(null)} />}
      {panel === "help" && <HelpSheet onClose={() => setPanel(null)} />}
      {panel === "settings" && <Settings onClose={() => setPanel(null)} />}
      <Suspense>
        {panel === "account" && <AccountPanel onClose={() => setPanel(null)} />}
        {panel === "people" && (
          <PeoplePanel
            onClose={() => setPanel(null)}
            below={(id) => <PersonBudget person={id} />}
          />
        )}
        {panel === "privacy" && <PrivacyPanel audit={administers} onClose={() => setPanel(null)} />}
        {panel === "share" && shown && <ShareDialog chat={shown} onClose={() => setPanel(null)} />}
        {panel === "support" && <SupportPanel Markdown={Markdown} onClose={() => setPanel(null)} />}
      </Suspense>
      <Warning />
      <ToastArea />
    </div>
  );
}

function Settings({ onClose }: { onClose(): void }) {
  const settings = chats.store.use(({ chat, newSettings }) => chat?.settings ?? newSettings);
  const save = (next: typeof settings) => saveSettings(next);
  useEffect(() => void models.refreshModels(), []);
  return (
    <ChatSettings
      settings={settings}
      useAdapters={models.useAdapters}
      privacy={<PrivacyField value={settings.privacy} />}
      onSave={save}
      onClose={onClose}
    />
  );
}

function FootButton(props: { icon: IconName; label: string; onClick(): void }) {
  return (
    <button type="button" className="foot-button" onClick={props.onClick}>
      <Icon name={props.icon} />
      {props.label}
    </button>
  );
}
