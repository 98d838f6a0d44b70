/** Above a chat: the way to the page without a server while that is away; and the way home of what was written there. */
import { useEffect } from "react";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { said } from "../../slots.tsx";
import { setWho } from "./here.ts";

/** Here, so that they come without the rest of the room. */
const TEXT = {
  en: "A model is in this browser, and answers without a network.",
  es: "En este navegador hay un modelo que responde sin red.",
};
const OPEN = { en: "Chat without the server", es: "Chatear sin el servidor" };

/** @param always also where nobody has looked for the server */
export default function Returning({ always }: { readonly always: boolean }) {
  const away = useDesk(({ server }) => server?.reachable === false);
  const person = useDesk(({ person, server }) => server?.reachable && (person?.id ?? "solo"));
  useEffect(() => {
    if (!person) return;
    setWho(person);
    void import("./home.ts")
      .then(({ sendHome }) => sendHome(person))
      .then(async (sent) => {
        if (sent.length > 0) await desk.refreshList();
      })
      // It is tried again with the next visit, and whenever the server comes back.
      .catch(console.warn);
  }, [person]);
  return away || always ? <Away /> : null;
}

function Away() {
  useLanguage();
  return (
    <div className="banner" role="status">
      <p className="banner-text">{said(TEXT)}</p>
      <a className="secondary" href="/offline">
        {said(OPEN)}
      </a>
    </div>
  );
}
