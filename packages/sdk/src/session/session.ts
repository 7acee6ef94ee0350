import type { UserNotice } from '@flooim/protocol';
import type { FlooimConfig } from '../config.ts';
import type { Connection, ConnectionEvents, Ending } from '../connection/connection.ts';
import { FlooError } from '../errors.ts';
import type { Emitter } from '../event/emitter.ts';
import type { UserNoticeName } from '../event/event-map.ts';
import type { StoreToken } from '../file/store-token.ts';
import type { Platform } from '../platform/platform.ts';
import type { Dns } from '../rest/dns.ts';
import type { RestClient } from '../rest/rest-client.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { Entry } from '../sync/apply.ts';
import { Account } from './account.ts';
import { forgetDevices, openDevice } from './device.ts';
import { categoryOf, endingError, endingNotices, noticeName, noticeOfClose } from './endings.ts';
import { FirstConnection } from './first-connection.ts';
import { grant } from './grant.ts';
import { Relocation } from './relocation.ts';
import { revokeToken } from './revoke-token.ts';
import { type SessionKeys, StoredSession } from './stored-session.ts';
import { type Credentials, TokenRenewal } from './token-renewal.ts';
import { Turns } from './turns.ts';

export interface SessionParts {
  config: FlooimConfig;
  platform: Platform;
  emitter: Emitter;
  dns: Dns;
  rest: RestClient;
  connection: Connection;
  storeToken: StoreToken;
}

const ownChangeMs = 30_000;

/** Who is signed in: logging in by all ways, staying so, and every way of its end. */
export class Session {
  readonly #parts: SessionParts;
  readonly #stored: StoredSession;
  #account: Account | undefined;
  #signedIn = false;
  #disposed = false;
  /** Counts logins, logouts and dispose: work of an earlier one stops where it notices. */
  #generation = 0;
  #credentials: Credentials | undefined;
  readonly #firstConnection: FirstConnection;
  /** Of opening and closing users' data. */
  readonly #turns = new Turns();
  readonly #renewal: TokenRenewal;
  readonly #relocation: Relocation;
  #passwordChangedAt = -Infinity;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#firstConnection = new FirstConnection(parts.platform.clock);
    this.#relocation = new Relocation(parts.platform.clock, parts.dns, parts.connection);
    this.#stored = new StoredSession(parts.platform.keyValue, parts.config);
    this.#renewal = new TokenRenewal({
      clock: parts.platform.clock,
      grant: (credentials) => grant(parts.rest, credentials),
      tell: () => parts.emitter.emit('flooNotice', { category: 'action', desc: 'relogin' }),
      adopt: (keys) => this.#adopt(keys),
      retry: (error) => parts.connection.reconnectLater(error),
      giveUp: (error) => {
        this.#tell(error);
        this.#end('failed', error.message, true);
      },
    });
    parts.rest.onTokenRefused = (token) => this.#tokenRefused(token);
  }

  /** The user whose data can be read; stays after the session ended, until the next one. */
  get account(): Account | undefined {
    return this.#account;
  }

  get isSignedIn(): boolean {
    return this.#signedIn;
  }

  /** For every call that changes something. Throws `NOT_LOGGED_IN` or `DISPOSED`. */
  required(): Account {
    this.checkOpen();
    if (this.#signedIn && this.#account) return this.#account;
    throw new FlooError('NOT_LOGGED_IN', 'log in first');
  }

  checkOpen(): void {
    if (this.#disposed) throw new FlooError('DISPOSED', 'this instance was disposed');
  }

  /** The bearer's token survives it, all others end. */
  async changePassword(params: { old_password: string; new_password: string }): Promise<boolean> {
    this.required();
    this.#passwordChangedAt = this.#parts.platform.clock.now();
    const done = await this.#parts.rest.call('userChangePassword', params);
    if (this.#credentials) this.#credentials = { ...this.#credentials, password: params.new_password };
    return done;
  }

  login(credentials: Credentials): Promise<void> {
    return this.#login(() => grant(this.#parts.rest, credentials), credentials);
  }

  tokenLogin(keys: SessionKeys): Promise<void> {
    return this.#login(() => Promise.resolve(keys), undefined);
  }

  /** Takes up the stored session; resolves when its data can be read, before the network is asked. */
  async resume(): Promise<boolean> {
    const keys = this.#stored.read();
    if (!keys || this.#disposed || this.#generation > 0) return false;
    const generation = this.#begin();
    const account = await this.#open(keys, generation).catch(() => undefined);
    if (!account || generation !== this.#generation) return false;
    this.#signedIn = true;
    this.#connect(account, keys.token, false);
    return true;
  }

  /** Ends the token on the server too, if that answers soon. `forget`: nothing of the user stays on the device either. */
  async logout(forget: boolean): Promise<void> {
    const { config, platform, rest } = this.#parts;
    const uid = this.#account?.uid;
    const revoked = this.#signedIn ? revokeToken(rest, platform.clock) : undefined;
    this.#begin();
    this.#stored.clear();
    if (forget && uid) await this.#turns.next(() => forgetDevices(platform, config.appid, uid));
    await this.#turns.idle;
    await revoked;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const account = this.#account;
    this.#begin();
    this.#account = account;
    await this.#turns.idle;
  }

  // Logging in

  async #login(getKeys: () => Promise<SessionKeys>, credentials: Credentials | undefined): Promise<void> {
    // The session that this one replaces is over, whatever comes of it: nothing of it is resumed.
    if (this.#signedIn) this.#stored.clear(this.#parts.rest.token);
    const generation = this.#begin();
    try {
      this.#step('getting token...');
      const keys = await getKeys();
      this.#checkCurrent(generation);
      this.#step('token sucecc, getting roster lists..');
      const account = await this.#open(keys, generation);
      const [takeRoster] = await Promise.all([this.#askRoster(account), this.#parts.storeToken.ask()]);
      this.#checkCurrent(generation);
      const connected = this.#firstConnection.wait();
      this.#connect(account, keys.token, true);
      await connected;
      this.#checkCurrent(generation);
      takeRoster();
      this.#credentials = credentials;
      this.#stored.write({ ...keys, storeToken: this.#parts.storeToken.value });
      this.#signedIn = true;
      this.#parts.emitter.emit('loginSuccess', {});
    } catch (error) {
      throw this.#loginFailed(error, generation);
    }
  }

  #loginFailed(error: unknown, generation: number): FlooError {
    const known = error instanceof FlooError ? error : new FlooError('NETWORK', String(error), { cause: error });
    if (generation !== this.#generation) return known;
    this.#begin();
    this.#tell(known);
    this.#parts.emitter.emit('loginFail', known.message);
    return known;
  }

  /** What keeps the user out, where the documentation has a category for it. */
  #tell(error: FlooError): void {
    const category = categoryOf(error);
    if (category) this.#parts.emitter.emit('flooError', { category, desc: error.message });
  }

  /** To be taken over when the session stands: until then the token may turn out to be somebody else's. */
  #askRoster(account: Account): Promise<() => void> {
    return account.roster.ask().catch((error: FlooError) => {
      this.#step(`get roster list failure:${error.message}`);
      if (error.code === 'TOKEN_INVALID') throw error;
      return () => {};
    });
  }

  /** Opens the user's device and data; what was open before is closed by then. */
  #open(keys: SessionKeys, generation: number): Promise<Account> {
    return this.#turns.next(() => this.#openNow(keys, generation));
  }

  async #openNow(keys: SessionKeys, generation: number): Promise<Account> {
    const { config, platform, emitter, rest, connection } = this.#parts;
    const device = await openDevice({ platform, emitter, appid: config.appid, uid: keys.uid, storage: config.storage });
    const account = new Account({
      uid: keys.uid,
      device,
      platform,
      emitter,
      rest,
      connection,
      userNotice: (entry, notice, tx) => this.#userNotice(entry, notice, tx),
      unauthorized: () => connection.reconnectLater(),
    });
    await account.open();
    if (generation !== this.#generation) await account.close();
    this.#checkCurrent(generation);
    this.#account = account;
    this.#use(keys);
    return account;
  }

  #use({ token, storeToken }: SessionKeys): void {
    this.#parts.rest.token = token;
    this.#parts.storeToken.keep(token, storeToken);
  }

  #connect(account: Account, token: string, manual: boolean): void {
    const { platform, config, connection } = this.#parts;
    const deviceName = config.deviceName ?? platform.deviceName;
    const identity = { uid: account.uid, token, deviceGuid: account.device.guid, deviceName, manual };
    connection.start(identity, this.#connectionEvents(account, !manual));
  }

  #connectionEvents(account: Account, resumed: boolean): ConnectionEvents {
    const { emitter } = this.#parts;
    let first = resumed;
    return {
      step: (text) => this.#step(text),
      provisioned: (answer) => {
        this.#renewal.worked();
        account.connected(answer.xid?.deviceSN ?? 0);
        this.#firstConnection.stands();
        void this.#parts.storeToken.askPatiently();
        if (!first) return;
        first = false;
        account.roster.reloadPatiently().catch(() => {});
        emitter.emit('loginSuccess', {});
      },
      frame: (frame) => account.sync.receive(frame),
      lost: () => account.disconnected(),
      ended: (ending) => this.#connectionEnded(ending),
      stateChanged: (state) => emitter.emit('connectionChange', state),
    };
  }

  #step(desc: string): void {
    this.#parts.emitter.emit('flooNotice', { category: 'loginMessage', desc });
  }

  // Ending

  /** A new beginning: whatever was before stops. */
  #begin(): number {
    const account = this.#account;
    account?.silence();
    this.#generation += 1;
    this.#signedIn = false;
    this.#account = undefined;
    this.#credentials = undefined;
    this.#parts.rest.token = undefined;
    this.#relocation.stop();
    this.#parts.connection.stop();
    this.#firstConnection.failed(superseded());
    if (account) void this.#turns.next(() => account.close());
    return this.#generation;
  }

  #checkCurrent(generation: number): void {
    if (generation === this.#generation) return;
    throw superseded();
  }

  #connectionEnded(ending: Ending): void {
    const error = endingError(ending);
    if (this.#firstConnection.isAwaited) {
      this.#firstConnection.failed(error);
      return;
    }
    if (ending.then === 'login') {
      this.#tokenRefused(this.#parts.rest.token);
      return;
    }
    const notice = noticeOfClose(ending.close);
    if (notice) {
      this.#endByNotice(notice);
      return;
    }
    this.#parts.emitter.emit('flooError', { category: categoryOf(error) ?? 'INTERNAL', desc: error.message });
    this.#end('failed', error.message, true);
  }

  #userNotice(entry: Entry, notice: UserNotice, tx: Transaction): void {
    const name = noticeName(notice.type);
    if (!name) return;
    if (name === 'INFO_UPDATED') this.#account?.ownUser.forget();
    if (endingNotices[name]) {
      // One that a log brings late speaks of a session that is over already.
      if (entry.live) this.#endByNotice(name);
      return;
    }
    if (entry.live && (name === 'CLUSTER_CHANGED' || name === 'DNS_UPDATE')) this.#relocation.moved();
    tx.emit('flooNotice', { category: 'userNotice', desc: name });
  }

  #endByNotice(name: UserNoticeName): void {
    if (name === 'PASSWORD_CHANGED' && this.#changedPasswordJustNow()) {
      this.#parts.connection.reconnectLater();
      return;
    }
    if (name === 'KICK_BY_SAME_DEVICE') this.#account?.device.renameNextTime();
    this.#parts.emitter.emit('flooNotice', { category: 'userNotice', desc: name });
    this.#end('kicked', name, endingNotices[name]?.wipe ?? true);
  }

  /**
   * The server does not always know which session a REST call belongs to, so the notice may come to the one that changed the
   * password. Its token is good; were it not, the next connection would be told so.
   */
  #changedPasswordJustNow(): boolean {
    return this.#parts.platform.clock.now() - this.#passwordChangedAt < ownChangeMs;
  }

  /** The session is over and cannot come back by itself; the data stays readable. */
  #end(name: 'kicked' | 'failed', reason: string, wipe: boolean): void {
    if (!this.#signedIn) return;
    this.#signedIn = false;
    this.#credentials = undefined;
    if (wipe) this.#stored.clear(this.#parts.rest.token);
    this.#parts.rest.token = undefined;
    this.#account?.ended();
    this.#parts.connection.stop({ name, reason });
    if (wipe) this.#parts.emitter.emit('flooNotice', { category: 'action', desc: 'relogin_manually' });
  }

  #tokenRefused(token: string | undefined): void {
    if (!this.#signedIn || token !== this.#parts.rest.token) return;
    const generation = this.#generation;
    this.#renewal.refused(this.#credentials, () => generation === this.#generation && this.#signedIn);
  }

  /** A new token for the same user. */
  #adopt(keys: SessionKeys): void {
    this.#use(keys);
    this.#stored.write(keys);
    this.#parts.connection.restart(keys.token);
  }
}

function superseded(): FlooError {
  return new FlooError('CANCELED', 'another login, logout or dispose came');
}
