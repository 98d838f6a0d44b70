/**
 * The way from the small model that Charla brings along to one that this machine runs well: one click
 * fetches it, and it answers once it is there. On the empty page, and under what the small one says.
 */
import { type ReactNode, useEffect } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { language, t as shared, useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { formatBytes } from "../../ui/format.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Download, ModelError } from "./ModelCard.tsx";
import * as models from "./store.ts";
import { type Model, modelHere, nameOf, store } from "./store.ts";
import { t } from "./words.ts";

const find = (id: string | null | undefined) =>
  store.get().models?.models.find((one) => one.id === id);

/** Whether the starter answers in the open chat. */
const onStarter = () => find(modelHere())?.starter === true;
/** The model that was asked for, once it answers. */
const arrived = () => {
  const { wanted, models } = store.get();
  return wanted !== null && wanted === models?.current ? find(wanted) : undefined;
};

export function StarterCard() {
  useLanguage();
  const starter = useDesk(onStarter);
  const name = useDesk(() => nameOf(modelHere()));
  const used = store.use(arrived);
  if (used) return <Using model={used} />;
  if (!starter) return null;
  return (
    <div className="starter">
      <Better look="primary">
        <strong>{t("starter.title", { model: name ?? "" })}</strong> {t("starter.text")}
      </Better>
    </div>
  );
}

/** Below the newest answer only. */
export function StarterLine({ message }: { readonly message: ChatMessage }) {
  useLanguage();
  const last = useDesk(({ branch }) => branch.at(-1)?.id === message.id);
  const mine = store.use(() => find(message.details?.model)?.starter === true);
  const starter = useDesk(onStarter);
  const administers = useDesk((desk) => desk.administers);
  const closed = store.use(({ advised }) => advised);
  const used = store.use(arrived);
  if (!last || !mine || message.status === "running") return null;
  if (used) return <Using model={used} />;
  if (!starter || !administers || closed) return null;
  return (
    <div className="starter line">
      <Better look="secondary">{t("starter.line")}</Better>
      <IconButton icon="close" label={shared("close")} onClick={models.closeAdvice} />
    </div>
  );
}

function Using({ model }: { readonly model: Model }) {
  // The bar names it, too.
  useEffect(desk.look, []);
  return (
    <div className="starter" role="status">
      <p>
        <strong>{t("starter.using", { name: model.name })}</strong>{" "}
        {model.state === "loading" &&
          t("models.state.loading", { percent: models.percentOf(model) })}
      </p>
      <IconButton
        icon="close"
        label={shared("close")}
        onClick={() => store.set({ wanted: null })}
      />
    </div>
  );
}

interface BetterProps {
  /** Of the button. */
  readonly look: "primary" | "secondary";
  /** What is wrong with the starter; gives way to what is being done about it. */
  readonly children: ReactNode;
}

/** What to do about it: nothing, where somebody else decides. */
function Better({ look, children }: BetterProps) {
  const administers = useDesk((desk) => desk.administers);
  const best = store.use(({ models }) => find(models?.recommended));
  const wanted = store.use((state) => state.wanted);
  const problem = store.use((state) => state.problem);
  const arriving = best?.state === "downloading" || best?.state === "verifying";
  const watch = arriving || wanted !== null;
  useEffect(() => {
    if (!watch) return;
    const watching = new AbortController();
    void models.watchModels(watching.signal);
    return () => watching.abort();
  }, [watch]);
  const text = <p>{children}</p>;
  if (!administers) return text;
  if (!best || best.starter)
    return (
      <>
        {text}
        <button type="button" className="secondary" onClick={() => desk.open("models")}>
          {t("models.all")}
        </button>
      </>
    );
  const { id, name } = best;
  if (arriving)
    return (
      <div className="starter-arriving">
        <p>{t("starter.getting", { name })}</p>
        <button type="button" className="secondary" onClick={() => void models.giveUp(id)}>
          {shared("cancel")}
        </button>
        <Download model={best} />
      </div>
    );
  const here = models.HERE.has(best.state);
  const size = formatBytes(best.fileBytes, language());
  return (
    <>
      {text}
      <ModelError error={best.error ?? problem} />
      <button type="button" className={look} onClick={() => void models.get(id)}>
        <Icon name={here ? "check" : "download"} />
        {here ? t("starter.use", { name }) : t("starter.get", { name, size })}
      </button>
    </>
  );
}
