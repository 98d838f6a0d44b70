/**
 * Keeps the page itself in the browser, so that it opens where the server cannot be reached: its
 * document and the files that this needs; and, once a model was taken along, those of the page that
 * answers without a server. Chats and whatever else the server says pass by it.
 */
const KEPT = "charla-page";
const FEW = ["/theme.js", "/icon.svg", "/manifest.webmanifest"];
/** Kept by the page when a model is taken along: names of files. */
const ALONG = "/offline-files.json";

/** Names under assets/ carry a hash of their content. */
const isFile = ({ pathname }) => pathname.startsWith("/assets/");
/** As in `core/http.ts`: an address without a dot is a place in the page, unless programs have it. */
const isPage = ({ pathname }) =>
  !pathname.includes(".") && !/^\/(?:api|v1|metrics|healthz|readyz)(?:\/|$)/.test(pathname);

addEventListener("install", (event) => {
  const first = async () => keep(await fetch("/", { cache: "no-cache" }));
  event.waitUntil(first().then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && isPage(url)) event.respondWith(page(event));
  else if (isFile(url)) event.respondWith(file(request));
  else if (FEW.includes(url.pathname)) event.respondWith(small(request));
});

/** From the server, as long as it is there. */
async function page(event) {
  try {
    const response = await fetch(event.request);
    event.waitUntil(keep(response.clone()));
    return response;
  } catch (thrown) {
    return (await caches.match("/", { cacheName: KEPT })) ?? Promise.reject(thrown);
  }
}

async function file(request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request.url, response.clone());
  return response;
}

const small = (request) =>
  fetch(request).catch(
    async (thrown) => (await caches.match(request.url)) ?? Promise.reject(thrown),
  );

/** Keeps a document with what it names; what an older one needed goes. */
async function keep(response) {
  const html = response.ok && !response.redirected && /^text\/html/.test(typeOf(response));
  if (!html) return;
  const text = await response.clone().text();
  const cache = await caches.open(KEPT);
  const before = await (await cache.match("/"))?.text();
  if (text === before) return;
  const along = (await cache.match(ALONG)) && (await fetch(ALONG));
  const more = along?.ok ? await along.clone().json() : [];
  if (before !== undefined) await caches.delete(KEPT);
  const next = await caches.open(KEPT);
  const named = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path);
  await next.addAll([...new Set([...named, ...more, ...FEW])]);
  if (along?.ok) await next.put(ALONG, along);
  await next.put("/", response);
}

const typeOf = (response) => response.headers.get("content-type") ?? "";
