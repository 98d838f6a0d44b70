/**
 * Images in a turn of a chat: a model that sees is given them, another one the text that was read from
 * them. What stands on an image is a text from outside, also where its person has looked it through.
 */
import type { House } from "../../core/feature.ts";
import type { Image } from "../../core/images.ts";
import type { Belongs } from "../../core/intake.ts";
import type { PartOf } from "../../core/parts.ts";
import { seesNothing } from "../../core/refusals.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Message, ModelCard, Turn } from "../../core/types.ts";
import { notFound } from "./errors.ts";
import type { Images } from "./store.ts";

type ImagePart = PartOf<"image">;

const imagesOf = ({ parts = [] }: Message): readonly ImagePart[] =>
  parts.flatMap((part) => (part.type === "image" ? [part] : []));

export function imagesInTurns(images: Images, { engines }: Pick<House, "engines">): Step {
  return (turn, next) => {
    const { belongs, messages } = turn;
    if (!belongs || !messages.some((message) => imagesOf(message).length > 0)) return next(turn);
    return answered(new Showing(images, engines, belongs), turn, next);
  };
}

async function* answered(showing: Showing, turn: Turn, next: RunTurn): AsyncGenerator<Delta> {
  const messages = await showing.messages(turn);
  const { images, gone } = showing;
  let told = images + gone === 0;
  for await (const delta of next({ ...turn, messages })) {
    // Told once there is an answer that it belongs to.
    if (!told && delta.type === "text" && delta.text !== "") {
      told = true;
      yield { type: "text", text: "", part: { type: "unseen", images, gone } };
    }
    yield delta;
  }
}

/** Shows a model the images of one turn, and counts those that it does not see. */
class Showing {
  images = 0;
  gone = 0;
  readonly #images: Images;
  readonly #engines: House["engines"];
  readonly #belongs: Belongs;

  constructor(images: Images, engines: House["engines"], belongs: Belongs) {
    this.#images = images;
    this.#engines = engines;
    this.#belongs = belongs;
  }

  /** @throws CharlaError `vision_not_granted`, `image_not_found`, for what is asked now */
  async messages({ messages, model }: Turn): Promise<readonly Message[]> {
    const card = await this.#card(model);
    const last = messages.findLastIndex(({ role }) => role === "user");
    const shown: Message[] = [];
    for (const [index, message] of messages.entries()) {
      const brought = imagesOf(message);
      if (brought.length === 0) shown.push(message);
      else shown.push(...(await this.#shown(message, brought, card, index === last)));
    }
    return shown;
  }

  async #card(model: string | undefined): Promise<ModelCard | undefined> {
    const cards = await this.#engines.list();
    const wanted = model ?? this.#engines.status().model?.id;
    return cards.find(({ id }) => id === wanted) ?? cards[0];
  }

  async #shown(
    { parts = [], ...message }: Message,
    brought: readonly ImagePart[],
    card: ModelCard | undefined,
    asked: boolean,
  ): Promise<Message[]> {
    const { owner, conversation } = this.#belongs;
    const rest = parts.filter(({ type }) => type !== "image");
    const before: Message[] = [];
    const images: Image[] = [];
    const notes: string[] = [];
    for (const part of brought) {
      if (part.text) before.push(written(part, part.text));
      const found = await this.#images.find(owner, part.digest);
      if (found) await this.#images.use([found.id], conversation);
      const bytes = found && card?.vision && (await this.#images.bytes(owner, found.id));
      if (bytes) {
        const { media, width, height } = found;
        images.push({ media, width, height, base64: Buffer.from(bytes).toString("base64") });
        continue;
      }
      if (asked && !found) throw notFound();
      if (asked && !part.text) throw seesNothing(card?.id ?? "");
      if (found) this.images += 1;
      else this.gone += 1;
      if (!part.text)
        notes.push(`[An image that you cannot see${part.alt ? `: ${part.alt}` : ""}]`);
    }
    const content = [message.content, ...notes].filter((one) => one !== "").join("\n\n");
    const one: Message = {
      ...{ ...message, content },
      ...(rest.length > 0 && { parts: rest }),
      ...(images.length > 0 && { images }),
    };
    return [...before, one];
  }
}

const written = ({ name }: ImagePart, text: string): Message => ({
  role: "user",
  content: `Text read from the image (OCR):\n${text}`,
  source: { kind: "document", name: (name || "image").slice(0, 64) },
});
