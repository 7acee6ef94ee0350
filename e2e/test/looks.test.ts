import { rmSync } from 'node:fs';
import { callRest, type SpawnedServer, spawnServer, temporaryFolder } from '@flooim/testkit';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillDemo, guest } from '../../packages/testkit/src/demo/fill-demo.ts';
import { type AppPage, allPages, type Place, placeNames } from './all-pages.ts';
import { awaitStillness, expectAccessible } from './axe.ts';
import { launchBrowser, Visitor } from './browser.ts';
import { pageFaults } from './page-faults.ts';

const password = 'correct-horse-1';
const data = temporaryFolder('flooim-looks');
let server: SpawnedServer;
let browser: Browser;
let places: Record<Place, number>;

beforeAll(async () => {
  [browser] = await Promise.all([launchBrowser(), fillDemo({ data }, password)]);
  server = await spawnServer({ data });
  places = await findPlaces();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(data, { recursive: true, force: true });
});

interface Look extends BrowserContextOptions {
  name: string;
  /** Of the pages that are not for everybody, every second one, from this on. */
  from: 0 | 1;
}

const light = { colorScheme: 'light', locale: 'en-US' } as const;
const dark = { colorScheme: 'dark', locale: 'zh-CN' } as const;
/** Whoever takes another look sees each page once light and once dark, once wide and once narrow. */
const looks: readonly Look[] = [
  { name: '1280x800, light, English', from: 0, viewport: { width: 1280, height: 800 }, ...light },
  { name: '390x844, dark, Chinese', from: 0, viewport: { width: 390, height: 844 }, hasTouch: true, ...dark },
  { name: '1440x900, dark, Chinese', from: 1, viewport: { width: 1440, height: 900 }, ...dark },
  { name: '320x568, light, English', from: 1, viewport: { width: 320, height: 568 }, hasTouch: true, ...light },
];

/** These come and go by their clocks: caught while they fade they are faint. The panel of emoji is another project's. */
const exclude = ['[data-testid=day-pill]', '[data-testid=toast]', 'emoji-picker'];

async function findPlaces(): Promise<Record<Place, number>> {
  const signIn = (name: string) => callRest(server.url, 'tokenByName', { name, password });
  const uidOf = async (name: string) => (await signIn(name)).user_id;
  const { token } = await signIn(guest);
  const group_list = await callRest(server.url, 'groupsJoined', {}, { token });
  const groups = await callRest(server.url, 'groupInfoBatch', { group_list }, { token });
  const gidOf = (name: string) => groups.find((group) => group.name === name)?.group_id ?? 0;
  const [mei, anna, wei, omar] = await Promise.all([uidOf('mei'), uidOf('anna'), uidOf('wei'), uidOf('omar')]);
  const { team, design, hikers, book } = placeNames;
  const gids = { team: gidOf(team), design: gidOf(design), hikers: gidOf(hikers), book: gidOf(book) };
  return { ...gids, mei, anna, wei, omar };
}

const isMain = (page: AppPage): boolean => page.isMain === true;

/** Goes as a link does: to load the whole app for each page would take most of the walk. */
async function go({ page }: Visitor, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
}

/** Runs in the page: whom the conversation is with, or the heading of the page, is the title. */
function titleIsRight(conversation: string | undefined): boolean {
  const headings = document.querySelectorAll('main h1');
  const name = conversation ?? headings[headings.length - 1]?.textContent?.trim();
  const title = location.pathname === '/' ? 'flooim' : `${name} · flooim`;
  return document.title.replace(/^\(\d+\) /, '') === title;
}

function conversationAt(path: string): string | undefined {
  const [, kind, id] = path.split('/');
  const known = Object.keys(placeNames) as Place[];
  return kind === 'c' || kind === 'g'
    ? placeNames[known.find((key) => places[key] === Number(id)) ?? 'team']
    : undefined;
}

/** A walk through the app; it gathers what is wrong, so that it tells everything at once. */
class Walk {
  readonly visitor: Visitor;
  readonly faults: string[] = [];

  static async begin({ name, from, ...options }: Look): Promise<Walk> {
    const visitor = await Visitor.arrive(browser, server.url, guest, options);
    visitor.page.setDefaultTimeout(20_000);
    return new Walk(visitor);
  }

  constructor(visitor: Visitor) {
    this.visitor = visitor;
  }

  async signIn(): Promise<void> {
    for (const name of ['register', 'login'])
      await this.#see(name, `${name}-form`, () => this.visitor.open(`/${name}`));
    await this.visitor.logIn(password);
    // Until one's picture is there, its letters stand on the button; phones have none.
    const self = this.visitor.at('self');
    if (await self.isVisible()) await self.locator('img.shown').waitFor();
  }

  async visit({ name, path, shows, parts = [] }: AppPage, { isWide = false, alone = false } = {}): Promise<void> {
    await this.#see(name, shows, () => go(this.visitor, path));
    const right = this.visitor.page.waitForFunction(titleIsRight, conversationAt(path));
    await right.catch(async () => this.faults.push(`${name}: the title is “${await this.visitor.page.title()}”`));
    if (alone) return;
    for (const part of parts.filter(({ onlyWide }) => isWide || !onlyWide)) {
      await this.#see(part.name, part.shows, () => part.open(this.visitor));
      await part.close(this.visitor).catch((error) => this.faults.push(`${part.name} stays: ${error}`));
    }
  }

  async visitPlay(): Promise<void> {
    await this.#see('play', 'play-item', () => this.visitor.open('/play'));
    await this.#see('play, a method', 'play-run', () => this.visitor.open('/play#groupManage.asyncCreate'));
  }

  async end(): Promise<string[]> {
    await this.visitor.page.context().close();
    return [...this.faults, ...this.visitor.complaints];
  }

  async #see(name: string, shows: string, come: () => Promise<unknown>): Promise<void> {
    const { page } = this.visitor;
    try {
      await come();
      await this.visitor.at(shows).filter({ visible: true }).first().waitFor();
      if (process.env['FLOOIM_SHOOT']) await this.visitor.shoot(`look-${page.viewportSize()?.width}-${name}`);
      await awaitStillness(page);
      this.faults.push(...(await pageFaults(page)).map((fault) => `${name}: ${fault}`));
      await expectAccessible(page, { exclude });
    } catch (error) {
      this.faults.push(`${name}: ${error}`);
    }
  }
}

describe('every page and what opens on it', () => {
  for (const look of looks)
    test.concurrent(`is whole at ${look.name}`, { timeout: 300_000 }, async ({ expect }) => {
      const walk = await Walk.begin(look);
      await walk.signIn();
      const pages = allPages(places);
      const others = pages.filter((page) => !isMain(page)).filter((_, i) => i % 2 === look.from);
      for (const page of [...pages.filter(isMain), ...others]) await walk.visit(page, { isWide: !look.hasTouch });
      await walk.visitPlay();
      expect(await walk.end()).toEqual([]);
    });

  test('has room between a phone and a desk', async () => {
    const walk = await Walk.begin({ name: '', from: 0, viewport: { width: 1040, height: 800 }, ...light });
    await walk.signIn();
    // Where panes appear, and in between.
    for (const width of [1040, 900, 760]) {
      await walk.visitor.page.setViewportSize({ width, height: 800 });
      for (const page of allPages(places).filter(isMain)) await walk.visit(page, { alone: true });
    }
    expect(await walk.end()).toEqual([]);
  });

  test('has room for the largest letters on the smallest phone', async () => {
    const walk = await Walk.begin({
      name: '',
      from: 0,
      viewport: { width: 320, height: 568 },
      hasTouch: true,
      ...dark,
    });
    await walk.visitor.page.addInitScript(() => localStorage.setItem('flooim.textSize', 'largest'));
    await walk.signIn();
    for (const page of allPages(places).filter(isMain)) await walk.visit(page, { alone: true });
    expect(await walk.end()).toEqual([]);
  });
});
