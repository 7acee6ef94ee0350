import { setTimeout as sleep } from 'node:timers/promises';
import { type Provision, StatusCode, UserNoticeType } from '@flooim/protocol';
import type { Login } from '../raw-client.ts';
import { openRawLine, type RawLine } from '../raw-line.ts';
import type { OldEffects } from './old-effects.ts';
import { OldRefusal, OldRest } from './old-rest.ts';
import { isLoginNeeded, manualLogins, OldSession, wipingNotices } from './old-session.ts';
import type { OldStore, OldVersion } from './old-store.ts';
import { Uplink } from './uplink.ts';

export interface OldTimes {
  /** Between two requests for the unread list. */
  heartbeatMs: number;
  /** From a Notice to the pull, while another pull has no end. */
  waitToPullMs: number;
  /** Until it is back after the transport closed, at least and at most. */
  backAfterCloseMs: readonly [number, number];
  /** Until it is back after the server's word to go. */
  backAfterDisconnectMs: readonly [number, number];
  /** Until a REST call counts as failed. */
  requestMs: number;
}

/** As deployed clients have them. */
export const deployedTimes: OldTimes = {
  heartbeatMs: 50_000,
  waitToPullMs: 3000,
  backAfterCloseMs: [1000, 1400],
  backAfterDisconnectMs: [4000, 7000],
  requestMs: 20_000,
};

/** For tests: the same, in a hurry. */
export const quickTimes: OldTimes = {
  heartbeatMs: 1000,
  waitToPullMs: 60,
  backAfterCloseMs: [20, 28],
  backAfterDisconnectMs: [80, 140],
  requestMs: 5000,
};

/** Who logs in: by name, or by a token and device that he has from earlier. */
export type OldAccount = { name: string; password: string } | Login;

export interface OldConnectionOptions {
  account: OldAccount;
  /** The server, or a proxy in front of it. */
  url: string;
  /** Where the socket goes, instead of where DNS says. */
  realtimeUrl?: string;
  version: OldVersion;
  times: OldTimes;
  clock: () => number;
  random: () => number;
}

/** A deployed client's way to the server: it logs in, connects, and comes back when it is cut off. */
export class OldConnection {
  readonly rest: OldRest;
  readonly uplink: Uplink;
  session: OldSession | undefined;
  /** Why it comes back no more, if so. */
  stopped: string | undefined;
  /** What user notices said. */
  readonly userNotices: UserNoticeType[] = [];
  /** How often it logged in by REST. */
  logins = 0;
  /** How often it connected. */
  connections = 0;
  readonly #options: OldConnectionOptions;
  readonly #store: OldStore;
  readonly #effects: OldEffects;
  #line: RawLine | undefined;
  #hasLists = false;
  #going: AbortController | undefined;
  #loop: Promise<void> | undefined;
  #loggingIn: Promise<void> | undefined;

  constructor(options: OldConnectionOptions, store: OldStore, effects: OldEffects) {
    const { account, url, version, times, clock, random } = options;
    this.#options = options;
    this.#store = store;
    this.#effects = effects;
    const onFault = (text: string) => store.fault(text);
    this.rest = new OldRest({ url, appId: 'flooim', version, timeoutMs: times.requestMs, onFault });
    this.uplink = new Uplink({ uid: 0, deviceSN: 0, guid: '' }, { clock, random });
    if ('token' in account) {
      this.rest.token = account.token;
      this.#identify(account.uid, account.guid);
    }
  }

  start(): void {
    if (this.#going) return;
    this.stopped = undefined;
    this.#going = new AbortController();
    this.#loop = this.#live(this.#going.signal);
  }

  async stop(): Promise<void> {
    this.#end(undefined);
    await this.#loop;
  }

  /** Drops the connection without a word. */
  drop(): void {
    this.#line?.socket.terminate();
  }

  async #live(going: AbortSignal): Promise<void> {
    while (!going.aborted) {
      const reason = await this.#connect(going).catch((error: unknown) => this.#gaveUp(error));
      const { backAfterCloseMs, backAfterDisconnectMs } = this.#options.times;
      const [least, most] = reason === 'io server disconnect' ? backAfterDisconnectMs : backAfterCloseMs;
      const waitMs = least + (most - least) * this.#options.random();
      await sleep(waitMs, undefined, { signal: going }).catch(() => {});
    }
  }

  /** One connection's life; why it ended. */
  async #connect(going: AbortSignal): Promise<string> {
    await this.#login();
    const { realtime } = await this.rest.hosts();
    const line = await openRawLine(this.#options.realtimeUrl ?? realtime, 'socketio2');
    const ended = new Promise<string>((resolve) => {
      line.onDisconnect = resolve;
    });
    const session = this.#sessionOn(line);
    line.onFrame = (frame) => session.hear(frame);
    this.session = session;
    this.#line = line;
    this.connections += 1;
    try {
      if (going.aborted) return 'stopped';
      session.send(this.uplink.provision(this.rest.token));
      return await ended;
    } finally {
      session.close();
      line.close();
      this.session = undefined;
      this.#line = undefined;
    }
  }

  #sessionOn(line: RawLine): OldSession {
    return new OldSession({
      store: this.#store,
      effects: this.#effects,
      uplink: this.uplink,
      times: this.#options.times,
      send: (frame) => line.send(frame),
      onProvision: (answer) => this.#provisioned(answer),
      onUserNotice: (type) => this.#userNotice(type),
      onLoginNeeded: () => this.#loginAgain(),
    });
  }

  #provisioned({ status, xid }: Provision): void {
    if (!status) return;
    if (status.code === StatusCode.OK) this.uplink.self.deviceSN = xid?.deviceSN || this.uplink.self.deviceSN;
    else if (isLoginNeeded(status)) this.#loginAgain();
    else if (manualLogins.has(status.code)) this.#end(status.reason);
  }

  #userNotice(type: UserNoticeType): void {
    this.userNotices.push(type);
    if (type === UserNoticeType.KICK_BY_SAME_DEVICE) {
      this.#identify(this.uplink.self.uid);
      this.#end('kicked');
    } else if (wipingNotices.has(type)) {
      this.rest.token = '';
      this.#end(`user notice ${type}`);
    }
  }

  /** By REST, then a Provision on the connection that there is. */
  #loginAgain(): void {
    if (this.#loggingIn !== undefined) return;
    const { session } = this;
    this.rest.token = '';
    const again = this.#login().then(
      () => session?.send(this.uplink.provision(this.rest.token)),
      (error: unknown) => this.#gaveUp(error),
    );
    this.#loggingIn = again.then(() => {
      this.#loggingIn = undefined;
    });
  }

  async #login(): Promise<void> {
    const { account } = this.#options;
    if (!this.rest.token) {
      if ('token' in account) throw new OldRefusal('/token/user', 402, 'there is no password');
      const { uid } = await this.rest.login(account.name, account.password);
      this.logins += 1;
      this.#hasLists = false;
      if (uid !== this.uplink.self.uid) this.#identify(uid);
    }
    if (this.#hasLists) return;
    const { friends, groups } = await this.rest.lists(this.uplink.self.uid);
    this.#hasLists = true;
    for (const friend of friends) this.#store.friends.add(friend);
    for (const group of groups) this.#store.groups.add(group);
  }

  /** A device of its own: nothing is kept of the one before. */
  #identify(uid: number, guid = `${uid}_${Math.floor(this.#options.random() * 2 ** 31)}`): void {
    this.#store.uid = uid;
    const deviceSN = 999_999_999 + Math.floor(this.#options.random() * 2_140_000);
    Object.assign(this.uplink.self, { uid, guid, deviceSN });
  }

  /** What it does not come back from; anything else it tries again. */
  #gaveUp(error: unknown): undefined {
    if (!(error instanceof OldRefusal) || error.code !== 402) return;
    if (error.path === '/token/user') this.#end('the login was refused');
    else this.rest.token = '';
  }

  #end(why: string | undefined): void {
    this.stopped = why;
    this.#going?.abort();
    this.#going = undefined;
    this.session?.close();
    this.#line?.close();
  }
}
