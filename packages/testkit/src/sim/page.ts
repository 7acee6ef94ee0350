import { type Clock, type FlooEventName, type Flooim, flooim, type Meta } from 'flooim';
import { Random } from '../random.ts';
import type { Home, Said } from './browser.ts';
import { type Link, type Network, socketClass } from './link.ts';
import { restFetch } from './model-rest.ts';
import type { Page } from './sim-database.ts';
import { simKeyRange } from './sim-keys.ts';
import type { Tab } from './tab.ts';
import { unsafe } from './unsafe.ts';
import type { Due } from './virtual-time.ts';

const loginAgainMs = 2000;

/** One life of a tab: an instance of the SDK and what it lives in. */
export class LoadedPage implements Page {
  readonly tab: Tab;
  readonly im: Flooim;
  link: Link | undefined;
  readonly wakes = new Set<() => void>();
  readonly #number: number;
  #isAlive = true;
  #frozenUntil = 0;
  /** What waits for it to wake. */
  readonly #held: { due: Due; run: () => void }[] = [];
  #logins = 0;

  constructor(tab: Tab, number: number) {
    this.tab = tab;
    this.#number = number;
    const dnsServer = 'http://server.test/v2/app_dns';
    this.im = flooim({ appid: 'flooim', dnsServer, autoLogin: true, platform: this.#platform() });
    this.#listen();
    void this.im.ready.then((isResumed) => {
      this.#noteUntold();
      if (!isResumed) this.#login();
    });
  }

  /** A turn of this page: never once it is gone, and later while it is frozen. */
  later(ms: number, run: () => void): Due {
    const due: Due = this.tab.world.time.after(ms, () => this.#run(due, run));
    return due;
  }

  /** The machine sleeps: whatever falls due comes when it wakes, one after the other. */
  freeze(ms: number): void {
    const { time } = this.tab.world;
    this.#frozenUntil = Math.max(this.#frozenUntil, time.now + ms);
    time.after(ms, () => this.#wake());
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.tab.world.time.now;
  }

  get isOnline(): boolean {
    return this.im.isLogin() && this.im.connection.state.name === 'online';
  }

  get database(): string | undefined {
    return this.tab.browser.databaseOf(this);
  }

  /** Its store failed: from then on it keeps everything in memory. */
  get isDegraded(): boolean {
    return this.home.isBroken;
  }

  get home(): Home {
    return this.tab.browser.home(this.database ?? this.#memoryName);
  }

  say(peer: number, content: string): void {
    this.#said(peer, content, this.im.sysManage.sendRosterMessage({ uid: peer, content }));
  }

  sayAgain(peer: number, failed: Meta): void {
    const before = this.home.said.get(Number(failed.id));
    if (before) before.isDropped = true;
    this.#said(peer, failed.content, this.im.sysManage.resendMessage(peer, failed.id));
  }

  /** The user throws away what is not sent: one message, or all to this user. */
  dropped(peer: number, clientMid?: string): void {
    for (const said of this.home.said.values()) {
      const isIt = said.peer === peer && (clientMid === undefined || said.clientMid === Number(clientMid));
      if (isIt && said.outcome !== 'sent') said.isDropped = true;
    }
  }

  crash(): void {
    const { browser, world } = this.tab;
    this.#isAlive = false;
    this.link?.closedByPage();
    browser.disk.crash(this);
    browser.releaseAll(this);
    world.trace.note(this.tab.name, 'gone');
  }

  get #memoryName(): string {
    return `memory of ${this.tab.name} ${this.#number}.${this.#logins}`;
  }

  #said(peer: number, content: string, clientMid: number): void {
    const { uid } = this.tab;
    const fate = { outcome: 'sending' as const, mids: [], reason: '', isStored: false, isDropped: false };
    this.home.said.set(clientMid, { uid, peer, content, clientMid, ...fate });
  }

  #run(due: Due, run: () => void): void {
    if (this.isFrozen || this.#held.length > 0) this.#held.push({ due, run });
    else this.#runNow(due, run);
  }

  /** Not what was taken back meanwhile. */
  #runNow(due: Due, run: () => void): void {
    if (this.#isAlive && due.run !== undefined) run();
  }

  #wake(): void {
    const first = this.#held[0];
    if (!first || this.isFrozen) return;
    this.#runNow(first.due, first.run);
    this.#held.shift();
    this.tab.world.time.after(0, () => this.#wake());
  }

  #login(): void {
    if (!this.#isAlive || this.im.isLogin()) return;
    this.#logins += 1;
    const again = () => this.later(loginAgainMs, () => this.#login());
    this.im.login({ name: String(this.tab.uid), password: 'correct horse 1' }).then(() => this.#noteUntold(), again);
  }

  #platform(): Parameters<typeof flooim>[0]['platform'] {
    const { tab } = this;
    const { world, browser } = tab;
    const random = new Random(world.random.between(0, 2 ** 31));
    return {
      origin: undefined,
      WebSocket: socketClass(this.#network(random)),
      fetch: restFetch(world.server, this, random, tab.rest),
      sendBytes: undefined,
      indexedDB: browser.disk.factory(this),
      IDBKeyRange: simKeyRange,
      keyValue: browser.keyValue,
      tabKeyValue: tab.keyValue,
      locks: browser.locksOf(this),
      wakeUps: (wake) => {
        this.wakes.add(wake);
        return () => this.wakes.delete(wake);
      },
      clock: this.#clock(),
      random: () => random.next(),
      deviceName: tab.name,
    };
  }

  #clock(): Clock {
    const { world, browser } = this.tab;
    return {
      now: () => world.time.now + browser.skewMs,
      setTimeout: (run, ms) => this.later(ms, run),
      clearTimeout: (timer) => timer && world.time.cancel(timer as Due),
    };
  }

  #network(random: Random): Network {
    const { world, weather, name } = this.tab;
    const { time, trace, server } = world;
    return {
      time,
      trace,
      random,
      name,
      page: this,
      get down() {
        return weather.down;
      },
      get slowMs() {
        return weather.slowMs;
      },
      accept: (link) => server.accept(link),
      made: (link) => {
        this.link = link;
      },
      sent: (bytes) => this.#checkSafe(bytes),
    };
  }

  #checkSafe(bytes: Uint8Array): void {
    const { database, home } = this;
    const fault = database && !this.isDegraded ? unsafe(this.tab.browser.disk, database, bytes) : undefined;
    if (fault) this.tab.world.report('unsafe', `${home.name} ${fault}`);
  }

  #listen(): void {
    const { im } = this;
    const { trace, world } = { trace: this.tab.world.trace, world: this.tab.world };
    for (const event of events) im.on(event, (told) => trace.note(this.tab.name, `${event} ${JSON.stringify(told)}`));
    im.on('onRosterMessage', (meta) => this.#arrived(meta));
    im.on('onSendingMessageStatusChanged', (told) => this.#sendingChanged(told));
    im.on('flooError', ({ category, desc }) => {
      if (category === 'INTERNAL' || category === 'LISTENER') world.report('error', `${this.home.name}: ${desc}`);
    });
    im.on('flooNotice', ({ category, desc }) => {
      if (category === 'STORAGE') this.#degraded(desc);
      if (category === 'action' && desc === 'relogin_manually') this.later(loginAgainMs, () => this.#login());
    });
  }

  #degraded(desc: string): void {
    this.home.isBroken = true;
    if (!this.tab.browser.hadFaults) this.tab.world.report('error', `${this.home.name}: ${desc}`);
  }

  #arrived({ id, from, to }: Meta): void {
    const { home } = this;
    const mid = Number(id);
    const peer = Number(from) === home.uid ? Number(to) : Number(from);
    const arrivals = home.arrivals.get(peer) ?? [];
    if (arrivals.includes(mid)) this.tab.world.report('told-twice', `${home.name}: ${mid}`);
    home.arrivals.set(peer, [...arrivals, mid]);
  }

  #sendingChanged(told: { status: Said['outcome']; mid: number; serverMid?: string; reason?: string }): void {
    const { home, database } = this;
    const said = home.said.get(told.mid);
    if (!said) return;
    if (told.status === 'sending') {
      const row = this.tab.browser.disk.row(database ?? '', 'outbox', told.mid);
      said.isStored = !this.isDegraded && row !== undefined;
      if (database && !this.isDegraded && !said.isStored && !said.isDropped) {
        this.tab.world.report('unsafe', `${home.name} shows ${told.mid} before it is stored`);
      }
      return;
    }
    if (said.outcome === 'sent')
      this.tab.world.report('told-twice', `${home.name}: ${told.mid} sent, then ${told.status}`);
    said.outcome = told.status;
    said.reason = told.reason ?? '';
    if (told.serverMid) said.mids.push(Number(told.serverMid));
  }

  /** A page that ends between storing and telling leaves messages that nobody tells any more. */
  #noteUntold(): void {
    const { database, home } = this;
    if (!database) return;
    for (const { mid } of this.tab.browser.disk.rows<{ mid: number }>(database, 'messages')) home.untold.add(mid);
  }
}

const events: readonly FlooEventName[] = [
  'flooNotice',
  'flooError',
  'loginFail',
  'loginSuccess',
  'onRosterMessage',
  'onInputStatusMessage',
  'onMessageCanceled',
  'onMessageDeleted',
  'onMessageRecalled',
  'onMessageEdited',
  'onMessageStatusChanged',
  'onSendingMessageStatusChanged',
  'onReceiveHistoryMsg',
  'onUnreadChange',
  'recentlistUpdate',
  'connectionChange',
];
