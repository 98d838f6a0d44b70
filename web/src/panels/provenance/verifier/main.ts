/** The offline verifier's page: one file, without a network, over the same module as `charla verify`. */
import { fill } from "../../../../../src/core/errors.ts";
import { parseVerifier, type Verifier } from "../../../../../src/core/tlog/note.ts";
import type { Expected } from "../../../../../src/features/provenance/membership/check.ts";
import { messages } from "../../../../../src/features/provenance/verify/messages.ts";
import type { Report } from "../../../../../src/features/provenance/verify/report.ts";
import { tell } from "../../../../../src/features/provenance/verify/tell.ts";
import { difference, verify } from "../../../../../src/features/provenance/verify/verify.ts";
import { en, es } from "./words.ts";

const page = document.querySelector("#page") as HTMLElement;
let language: "en" | "es" = navigator.language.startsWith("es") ? "es" : "en";
/** What was dropped, if it was not pasted. */
let file: Uint8Array | undefined;

type Child = Node | string | undefined;
function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((one) => one !== undefined));
  return element;
}

const given = make("textarea", { id: "given", spellcheck: false });
const text = make("textarea", { id: "text" });
const key = make("input", { id: "key", type: "text", spellcheck: false });
/** Of a proof of membership: what its verifier has given out, and what came before. */
const asked = {
  scope: make("input", { id: "scope", type: "text", spellcheck: false }),
  challenge: make("input", { id: "challenge", type: "text", spellcheck: false }),
  seen: make("textarea", { id: "seen", spellcheck: false }),
};
const picker = make("input", { id: "file", type: "file" });
const result = make("section", { id: "result" });
result.setAttribute("aria-live", "polite");

function show(): void {
  const words = language === "es" ? es : en;
  document.documentElement.lang = language;
  const toggle = make("button", { type: "button", textContent: words.other });
  toggle.onclick = () => {
    language = language === "es" ? "en" : "es";
    show();
    if (file || given.value !== "") void check();
  };
  const button = make("button", { type: "button", className: "main", textContent: words.check });
  button.onclick = () => void check();
  page.replaceChildren(
    make("header", {}, make("p", { className: "wordmark", textContent: "Charla" }), toggle),
    make("h1", { textContent: words.title }),
    make("p", { className: "soft", textContent: words.lead }),
    make("label", { htmlFor: "given", textContent: words.given }),
    given,
    make(
      "div",
      { className: "row" },
      button,
      make("label", { className: "file" }, words.choose, picker),
    ),
    make(
      "details",
      { open: [text, key, ...Object.values(asked)].some(({ value }) => value !== "") },
      make("summary", { textContent: words.more }),
      make("label", { htmlFor: "text", textContent: words.text }),
      text,
      make("label", { htmlFor: "key", textContent: words.key }),
      key,
      ...(["scope", "challenge", "seen"] as const).flatMap((name) => [
        make("label", { htmlFor: name, textContent: words[name] }),
        asked[name],
      ]),
    ),
    result,
  );
}

async function check(): Promise<void> {
  const words = language === "es" ? es : en;
  const what = file ?? given.value;
  let keys: Verifier[] = [];
  try {
    keys = key.value.trim() === "" ? [] : [parseVerifier(key.value)];
  } catch {
    result.dataset.verdict = "broken";
    result.replaceChildren(make("p", { textContent: words.badKey }));
    return;
  }
  const held = text.value === "" ? undefined : text.value;
  const report = await verify(what, { keys, text: held, expected: expected() });
  const own = held === undefined ? undefined : (await verify(what, { keys })).receipts[0];
  const differ =
    own?.verdict === "holds" && own.text !== undefined
      ? difference(own.text, held ?? "")
      : undefined;
  draw(report, differ && fill(messages[language].difference, differ), words.numbers);
}

/** What was left empty is not compared. */
function expected(): Expected {
  const given = (field: { readonly value: string }) => field.value.trim() || undefined;
  const seen = given(asked.seen)?.split(/\D+/);
  return { scope: given(asked.scope), challenge: given(asked.challenge), seen };
}

function draw(report: Report, differ: string | undefined, numbers: string): void {
  const { title, meaning, receipts, notes } = tell(report, language);
  result.dataset.verdict = report.verdict;
  result.replaceChildren(
    make("h2", { textContent: title }),
    make("p", { textContent: meaning }),
    ...(differ ? [make("p", { textContent: differ })] : []),
    ...notes.map((note) => make("p", { textContent: note })),
    ...receipts.map((one) =>
      make(
        "article",
        {},
        receipts.length > 1 ? make("h2", { textContent: one.title }) : undefined,
        make("p", { className: "soft", textContent: one.written }),
        make("ul", {}, ...one.lines.map(lineOf)),
        make(
          "details",
          {},
          make("summary", { textContent: numbers }),
          make(
            "dl",
            {},
            ...one.facts.flatMap(([name, value]) => [
              make("dt", { textContent: name }),
              make("dd", { textContent: value }),
            ]),
          ),
        ),
      ),
    ),
  );
}

function lineOf({ state, text }: { readonly state: string; readonly text: string }): HTMLElement {
  const line = make("li", { textContent: text });
  line.dataset.state = state;
  return line;
}

async function take(dropped: File | undefined | null): Promise<void> {
  if (!dropped) return;
  file = new Uint8Array(await dropped.arrayBuffer());
  given.value = "";
  given.placeholder = dropped.name;
  await check();
}

given.addEventListener("input", () => {
  file = undefined;
});
picker.addEventListener("change", () => void take(picker.files?.[0]));
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", () => document.body.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  void take(event.dataTransfer?.files[0]);
});
show();
