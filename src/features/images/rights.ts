/** A person's rights over the images: to have them, to have them erased or given away. */
import type { Rights } from "../../core/rights.ts";
import type { Images } from "./store.ts";

export const rightsOf = (images: Images): Rights => ({
  async *collect(person) {
    const all = await images.list(person);
    if (all.length === 0) return;
    const list = all.map(({ id: _, ...known }) => known);
    yield { path: "images/images.json", content: `${JSON.stringify(list, null, 2)}\n` };
    for (const { id, digest, media } of all) {
      const content = await images.bytes(person, id);
      if (content) yield { path: `images/${digest}.${media.slice("image/".length)}`, content };
    }
  },
  async erase(person) {
    const words = { en: "Images", es: "Imágenes" };
    return [{ what: "images", words, count: await images.erase(person) }];
  },
  giveTo: (from, to) => images.giveTo(from, to),
});
