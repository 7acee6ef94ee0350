import type { BrowserContext, Page } from 'playwright-core';

/** Elements that take what they find at a link. */
const elements = {
  iframe: (link: string) => `<iframe src="${link}"></iframe>`,
  small: (link: string) => `<iframe src="${link}&amp;image_type=2"></iframe>`,
  img: (link: string) => `<img src="${link}">`,
  object: (link: string) => `<object data="${link}"></object>`,
  embed: (link: string) => `<embed src="${link}">`,
  script: (link: string) => `<script src="${link}"></script>`,
  module: (link: string) => `<script type="module" src="${link}"></script>`,
  style: (link: string) => `<link rel="stylesheet" href="${link}">`,
  video: (link: string) => `<video preload="auto" src="${link}"></video>`,
  use: (link: string) => `<svg><use href="${link}#a"></use></svg>`,
};
export type Way = keyof typeof elements;
export const allWays = Object.keys(elements) as Way[];

/** A page on that origin that embeds what is at the links, in these ways, and then tries to have it run in the background. */
export async function embed(
  context: BrowserContext,
  origin: string,
  links: readonly string[],
  ways: readonly Way[] = allWays,
): Promise<Page> {
  const page = await context.newPage();
  // Each asks for itself, so that none is served from another one's memory; what is beyond the link means nothing to the server.
  const shown = links.flatMap((link) =>
    ways.map((way) => elements[way](`${link}&way=${way}`.replaceAll('&', '&amp;'))),
  );
  const body = `<!doctype html><title>showcase</title>${shown.join('\n')}`;
  await page.route(`${origin}/showcase`, (route) => route.fulfill({ contentType: 'text/html', body }));
  // Until everything is there, or refused.
  await page.goto(`${origin}/showcase`, { timeout: 60_000 });
  await page.evaluate(runAll, links);
  return page;
}

/** In the page: what is at the links as modules, workers and service workers; until each of them runs or is refused. */
async function runAll(links: readonly string[]): Promise<void> {
  const running = (worker: Worker) =>
    new Promise((resolve) => {
      worker.onerror = resolve;
      // One that runs says nothing by itself.
      setTimeout(resolve, 1000);
    });
  const attempts = links.flatMap((link) => [
    () => import(/* @vite-ignore */ `${link}&way=import`),
    () => running(new Worker(`${link}&way=worker`)),
    () => navigator.serviceWorker.register(`${link}&way=service`),
  ]);
  await Promise.allSettled(attempts.map(async (attempt) => attempt()));
}

/** Opens each of the links as a page of its own, several at a time. */
export async function openAll(context: BrowserContext, links: readonly string[]): Promise<void> {
  const waiting = [...links];
  const open = async () => {
    const page = await context.newPage();
    for (let link = waiting.shift(); link; link = waiting.shift()) {
      // What is saved and not shown is no page to arrive at.
      await page.goto(link).catch(() => {});
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: 4 }, open));
}

/** Whatever an origin keeps for its pages, as scripts would find it. */
export async function keptAt(context: BrowserContext, origin: string): Promise<Record<string, unknown>> {
  const page = await context.newPage();
  await page.route(`${origin}/kept`, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto(`${origin}/kept`);
  const kept = await page.evaluate(async () => ({
    local: { ...localStorage },
    cookies: document.cookie,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
  await page.close();
  return kept;
}
