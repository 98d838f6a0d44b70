/** The page's only policy of Trusted Types: which scripts may be the code of a worker. */

interface Policy {
  createScriptURL(url: string): string;
}
/** Of the browser, where it has it; our types do not know it yet. */
const { trustedTypes } = globalThis as {
  trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
};
/** The page's own scripts for workers, as the build names them, and as they stand in the sources. */
const OWN = /^\/(?:sw\.js|(?:assets|src)\/[\w./-]+\.worker[\w.?=&-]*)$/;

const policy = trustedTypes?.createPolicy("charla-worker", {
  createScriptURL(url) {
    if (!OWN.test(url)) throw new TypeError("not the script of a worker");
    return url;
  },
});

export const trusted = (url: string): string => policy?.createScriptURL(url) ?? url;
