/* The service worker of the field app: keeps the app's own files on the phone, so that it opens without a network.

   APP, told by the server above this line, names the files of one version of the app. Nobody's data passes through
   here: what is asked of and sent to the portal is not kept by this worker. */
"use strict";

const NAME = `field-${APP.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(NAME);
      // Past the browser's own store: the version must be whole, with no file of the version before.
      await cache.addAll([APP.shell, ...APP.files].map((address) => new Request(address, { cache: "reload" })));
      await self.skipWaiting(); // a page that is open has all its files already
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("field-") && name !== NAME);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname === APP.shell) event.respondWith(kept(APP.shell));
  else if (APP.files.includes(pathname)) event.respondWith(kept(pathname));
});

/* What is kept, and from the portal what the browser threw away meanwhile. */
async function kept(address) {
  const cache = await caches.open(NAME);
  return (await cache.match(address)) ?? fetch(address);
}
