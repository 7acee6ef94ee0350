/*
 * Keeps the app's own files on the device, so that it opens without a network and draws at once with a slow one.
 * Nothing that a person wrote goes through here: REST, files and the realtime connection are not touched.
 */

interface ExtendableEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

interface NotificationEvent extends ExtendableEvent {
  notification: Notification;
}

interface WindowClient {
  url: string;
  focus(): Promise<WindowClient>;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

interface WorkerScope {
  location: Location;
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<WindowClient[]>;
    openWindow(url: string): Promise<WindowClient | null>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: NotificationEvent) => void): void;
}

/** Filled in by the build: what this version of the app is made of, and what the server answers itself. */
declare const __SHELL__: { version: string; files: string[]; serverPaths: string[] };

const scope = self as unknown as WorkerScope;
const shell = __SHELL__;
const prefix = 'flooim-shell-';
const cacheName = prefix + shell.version;
const page = '/index.html';
const own = new Set(shell.files);
/** Nobody waits longer for a version that he did not ask for: a newer one is offered when it is here. */
const patienceMs = 300;

async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  const has = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  // Names with a hash are the same file for ever; the others are asked for anew.
  const requests = shell.files
    .filter((path) => !has.has(path))
    .map((path) => new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' }));
  await cache.addAll(requests);
  // Tabs of the version before go on with its cache.
  await scope.skipWaiting();
}

/** This version stays and the one before it, which other tabs may still show. */
async function sweep(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
  await scope.registration.navigationPreload?.enable();
  await scope.clients.claim();
}

/** Waits for the network while there is nothing else, else no longer than is hardly noticed. */
async function newestPage({ request, preloadResponse }: FetchEvent): Promise<Response> {
  const fresh = (async () => (await preloadResponse) ?? fetch(request))();
  const kept = await (await caches.open(cacheName)).match(page);
  if (!kept) return fresh;
  const tooLate = new Promise<undefined>((resolve) => setTimeout(resolve, patienceMs));
  const answer = await Promise.race([fresh, tooLate]).catch(() => undefined);
  return answer && answer.status < 500 ? answer : kept;
}

/** Of this version, else of the one before; what is too large to be fetched ahead is kept from its first use. */
async function keptFile({ request }: FetchEvent): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = (await cache.match(request)) ?? (await caches.match(request));
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) await cache.put(request, answer.clone());
  return answer;
}

const isServers = (path: string): boolean =>
  shell.serverPaths.some((one) => path === one || path.startsWith(`${one}/`));

/** Who answers; nobody: it goes to the server as if there were no worker. */
function answerFor({ method, mode, url }: Request): ((event: FetchEvent) => Promise<Response>) | undefined {
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== scope.location.origin) return undefined;
  if (mode === 'navigate') return isServers(pathname) ? undefined : newestPage;
  return pathname.startsWith('/assets/') || (own.has(pathname) && pathname !== page) ? keptFile : undefined;
}

scope.addEventListener('install', (event) => event.waitUntil(fill()));
scope.addEventListener('activate', (event) => event.waitUntil(sweep()));
scope.addEventListener('fetch', (event) => {
  const find = answerFor(event.request);
  if (find) event.respondWith(find(event));
});

/** Who shows something else, such as a login page, does not answer at all. */
const answerMs = 400;

/** Whether the account of the address is the one that the tab shows. */
function isOf(tab: WindowClient, address: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), answerMs);
    tab.postMessage({ whose: address }, [port2]);
  });
}

/** In the tab of the account that was used last, else in a new one: the tabs of other accounts stay what they are. */
async function openConversation(address: string): Promise<void> {
  const tabs = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const fitting = await Promise.all(tabs.map((tab) => isOf(tab, address)));
  const tab = tabs.find((_, i) => fitting[i]);
  if (!tab) return void (await scope.clients.openWindow(address));
  tab.postMessage({ open: address });
  await tab.focus();
}

scope.addEventListener('notificationclick', (event) => {
  const { notification } = event;
  notification.close();
  const data: unknown = notification.data;
  const address = typeof data === 'object' && data !== null && 'address' in data ? String(data.address) : '/';
  event.waitUntil(openConversation(address));
});
