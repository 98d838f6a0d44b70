/**
 * The last step before elements are made. Raw HTML was sanitised before; formulas were added after
 * that, and any library may have a hole. So here stands the whole list of what an answer may
 * contain, and everything else is dropped, whoever made it.
 */
interface Tree {
  type: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: Tree[];
}

const words = (text: string) => text.trim().split(/\s+/);

const TAGS = new Set(
  words(`
    a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd
    li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th
    thead tr u ul var
    annotation line math mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub
    msubsup msup mtable mtd mtext mtr munder munderover menclose semantics path svg`),
);

/** Neither `id` nor `name`: they could take the place of the page's own. */
const PROPERTIES = new Set(
  words(`
    align alt ariaHidden checked className colSpan d dir disabled height href lang open
    preserveAspectRatio rowSpan src start style title type value viewBox width x1 x2 y1 y2
    accent columnalign columnspacing displaystyle encoding fence linethickness lspace mathvariant
    maxsize minsize notation rowspacing rspace scriptlevel separator stretchy xmlns`),
);

export function lastLook() {
  return function clean(tree: Tree): void {
    tree.children = tree.children?.filter(isKnown);
    for (const child of tree.children ?? []) clean(child);
    const { properties } = tree;
    if (!properties) return;
    for (const name of Object.keys(properties)) {
      const loads = name === "style" && /url\(|image\(|@import|\\/i.test(String(properties[name]));
      if (!PROPERTIES.has(name) || loads) delete properties[name];
    }
  };
}

function isKnown({ type, tagName }: Tree): boolean {
  return type === "text" || (type === "element" && TAGS.has(tagName ?? ""));
}
