import type { Random } from '../random.ts';
import { type Browser, keyValue } from './browser.ts';
import type { SimKind } from './judge.ts';
import type { Network } from './link.ts';
import type { RestFaults } from './model-rest.ts';
import type { ModelServer } from './model-server.ts';
import { LoadedPage } from './page.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What all tabs of a run share. */
export interface World {
  time: VirtualTime;
  trace: Trace;
  server: ModelServer;
  random: Random;
  /** How many different things were said. */
  said: number;
  report(kind: SimKind, text: string): void;
}

/** A tab as its user sees it: over reloads it stays the same one. */
export class Tab {
  readonly name: string;
  readonly browser: Browser;
  readonly world: World;
  readonly rest: RestFaults = { failing: 0, slowMs: 60 };
  /** How its network is, whatever page is loaded. */
  readonly weather: Pick<Network, 'down' | 'slowMs'> = { down: 'no', slowMs: 40 };
  readonly keyValue = keyValue();
  page: LoadedPage | undefined;
  #loads = 0;
  #isEnding = false;
  #isWanted = false;

  constructor(world: World, browser: Browser, name: string) {
    this.world = world;
    this.browser = browser;
    this.name = name;
  }

  get uid(): number {
    return this.browser.uid;
  }

  /** Not before the page that is ending has ended, as with a reload. */
  load(): void {
    if (this.#isEnding) this.#isWanted = true;
    else this.page ??= new LoadedPage(this, ++this.#loads);
  }

  /** Gone at once, as when the browser was killed. */
  crash(): void {
    this.page?.crash();
    this.page = undefined;
  }

  /** The application ends itself. */
  close(): void {
    const { page } = this;
    if (!page) return;
    this.page = undefined;
    this.#isEnding = true;
    void page.im.dispose().then(() => this.#ended(page));
  }

  #ended(page: LoadedPage): void {
    page.crash();
    this.#isEnding = false;
    if (this.#isWanted) this.load();
    this.#isWanted = false;
  }
}
