/** Above the composer: what is being heard or read just now, and what went wrong with it. */
import { useEffect } from "react";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Talking } from "./hands/Talking.tsx";
import { pauseOrGoOn, read, stopReading } from "./reading.ts";
import { cancel, finish } from "./recording.ts";
import { SPEEDS, setSpeed, voice } from "./state.ts";
import { t } from "./words.ts";
import "./voice.css";

const PAUSE = "M7 4.5v11M13 4.5v11";
const PLAY = "M6.5 4.5l9 5.5-9 5.5Z";

export default function Bar() {
  useLanguage();
  useReading();
  const { phase, talk, note, problem, reading } = voice.use((state) => state);
  useEscape(phase === "asking" || phase === "listening");
  if (talk) return <Talking talk={talk} />;
  if (phase !== "idle") return <Listening />;
  if (reading) return <Player />;
  if (!note && !problem) return null;
  return (
    <div className="voice-bar" role="alert">
      <div className="voice-said">
        {problem ? <ProblemText problem={problem} /> : <p>{t(`note.${note ?? "nothing"}`)}</p>}
      </div>
      {note === "setup" && (
        <button type="button" className="secondary" onClick={() => desk.open("voice")}>
          {t("setup.open")}
        </button>
      )}
      <IconButton
        icon="close"
        label={t("close")}
        onClick={() => voice.set({ note: null, problem: null })}
      />
    </div>
  );
}

function Listening() {
  const phase = voice.use((state) => state.phase);
  const level = voice.use((state) => state.level);
  return (
    <div className="voice-bar">
      {phase === "listening" && (
        <meter className="voice-level" min={0} max={1} value={level} aria-label={t("level")} />
      )}
      <p className="voice-said" role="status">
        {t(`phase.${phase === "idle" ? "hearing" : phase}`)}
      </p>
      {phase === "listening" && (
        <button type="button" className="secondary" onClick={finish}>
          {t("finish")}
        </button>
      )}
      {phase !== "hearing" && <IconButton icon="close" label={t("discard")} onClick={cancel} />}
    </div>
  );
}

function Player() {
  const reading = voice.use((state) => state.reading);
  const speed = voice.use((state) => state.speed);
  if (!reading) return null;
  const state = reading.paused ? "paused" : reading.waiting ? "waiting" : "reading";
  return (
    <section className="voice-bar" aria-label={t("reader")}>
      <IconButton
        icon={reading.paused ? PLAY : PAUSE}
        label={t(reading.paused ? "read.goOn" : "read.pause")}
        onClick={pauseOrGoOn}
      />
      <p className="voice-said" role="status">
        {t(`read.${state}`)}
      </p>
      <select
        className="field"
        aria-label={t("read.speed")}
        value={speed}
        onChange={(event) => setSpeed(Number(event.target.value))}
      >
        {SPEEDS.map((one) => (
          <option key={one} value={one}>
            {one} ×
          </option>
        ))}
      </select>
      <IconButton icon="close" label={t("read.stop")} onClick={stopReading} />
    </section>
  );
}

/** Escape throws away what was said so far. */
function useEscape(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") cancel();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [active]);
}

/** Begins to read an answer as soon as it is being written, where the reader wants that. */
function useReading(): void {
  const always = voice.use((state) => state.always);
  const running = useDesk(({ branch }) => {
    const last = branch.at(-1);
    return last?.role === "assistant" && last.status === "running" ? last.id : null;
  });
  const chat = useDesk(({ chatId }) => chatId);
  useEffect(() => {
    const { phase, talk } = voice.get();
    if (always && running && phase === "idle" && !talk) void read(running);
  }, [always, running]);
  // Who goes to another chat has stopped to listen to this one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: told of each chat
  useEffect(() => {
    const { reading } = voice.get();
    if (reading && !desk.branch.some(({ id }) => id === reading.message)) stopReading();
  }, [chat]);
}
