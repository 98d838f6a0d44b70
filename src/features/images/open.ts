/** What the feature does once it is opened: images of chats, and what models are given of them. */
import { openable } from "../../core/feature.ts";
import "../../core/large.ts";
import "../../core/metered.ts";
import type { ImageStore } from "../../core/images.ts";
import { HOUR_MS } from "../../core/time.ts";
import { rightsOf } from "./rights.ts";
import { routesOf } from "./routes.ts";
import { imagesInTurns } from "./step.ts";
import { Images } from "./store.ts";
import { migrations } from "./tables.ts";

export const images = openable({
  name: "images",
  migrations,
  open(house) {
    const images = new Images(house.db, house.vault);
    return {
      steps: [imagesInTurns(images, house)],
      routes: routesOf(images, house),
      rights: rightsOf(images),
      images: storeOf(images),
      stored: (person) => images.stored(person),
      forgetConversations: (ids) => images.forget(ids),
      copyConversation: ({ from, to }) => images.copyUses(from, to),
      async expire() {
        return [{ what: "images", count: await images.sweep() }];
      },
      every: [{ ms: HOUR_MS, failed: "images that nothing needs stay", run: () => images.sweep() }],
    };
  },
});

/** For chats that are taken along and brought back. */
const storeOf = (images: Images): ImageStore => ({
  async read(owner, digest) {
    const found = await images.find(owner, digest);
    return found && images.bytes(owner, found.id);
  },
  async take(owner, conversation, bytes) {
    const { id, ...known } = await images.take(owner, bytes);
    await images.use([id], conversation);
    return known;
  },
});
