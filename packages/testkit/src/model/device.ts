import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { type Flooim, flooim, type GroupMessage, type Meta, type RosterMessage } from 'flooim';
import type { Line, Quiet } from '../quiet.ts';
import type { UserName } from '../users.ts';
import { until } from '../wait.ts';
import type { Place } from './place.ts';

/** What became of a message. */
export type Outcome = { mid: number } | { refused: string };

/** A little more than a store in memory needs before something goes out. */
const turnsToSend = 5;

/** One SDK instance under the model's eyes. */
export class Device {
  readonly name: string;
  readonly user: UserName;
  readonly line: Line;
  readonly im: Flooim;
  /** What the server refused, and nobody has looked at. */
  readonly errors: string[] = [];
  /** What it said and has no answer for. */
  readonly #unsaid = new Map<number, (outcome: Outcome) => void>();
  #following: Promise<void>[] = [];

  constructor(url: string, name: string, user: UserName, quiet: Quiet) {
    this.name = name;
    this.user = user;
    this.line = quiet.line();
    const { platform } = this.line;
    const dnsServer = `${url}/v2/app_dns`;
    this.im = flooim({ appid: 'flooim', dnsServer, storage: 'memory', deviceName: name, platform });
    this.im.on('onSendingMessageStatusChanged', ({ status, mid, serverMid, reason }) => {
      if (status === 'sending') return;
      this.#unsaid.get(mid)?.(serverMid ? { mid: Number(serverMid) } : { refused: reason ?? '' });
      this.#unsaid.delete(mid);
    });
    this.im.on('flooError', ({ category, desc }) => void this.errors.push(`${category} ${desc}`));
  }

  async login(uid: number, token: string): Promise<void> {
    await this.im.tokenLogin({ user_id: uid, token });
    await this.online();
  }

  async online(): Promise<void> {
    await until(() => this.im.connection.state.name === 'online', `${this.name} to be online`, { timeoutMs: 20_000 });
  }

  async offline(): Promise<void> {
    await until(() => this.im.connection.state.name !== 'online', `${this.name} to be offline`);
  }

  /** `then` is called when the server took or refused it; what it throws comes out of `answered`. */
  say(message: RosterMessage | GroupMessage, then: (outcome: Outcome, clientMid: number) => void): void {
    const { sysManage } = this.im;
    const clientMid = 'gid' in message ? sysManage.sendGroupMessage(message) : sysManage.sendRosterMessage(message);
    const outcome = new Promise<Outcome>((resolve) => this.#unsaid.set(clientMid, resolve));
    const followed = outcome.then((result) => then(result, clientMid));
    followed.catch(() => {});
    this.#following.push(followed);
  }

  /** Resolves when everything that it did is answered; what it is refused is in `errors`. */
  async answered(): Promise<void> {
    const isQuiet = () =>
      this.im.connection.state.name === 'online' && this.line.unanswered === 0 && this.#unsaid.size === 0;
    do {
      await until(isQuiet, `${this.name} to be answered`, { timeoutMs: 20_000 });
      for (let i = 0; i < turnsToSend; i++) await turn();
    } while (!isQuiet());
    const following = this.#following;
    this.#following = [];
    await Promise.all(following);
  }

  /** An error that was expected, and is there unless it need not be; the words may say more. */
  forgive(error: string, isOptional: boolean): void {
    const at = this.errors.findIndex((one) => one.startsWith(error));
    if (at === -1 && isOptional) return;
    assert.notEqual(at, -1, `${this.name} was not told ${error}: ${this.errors}`);
    this.errors.splice(at, 1);
  }

  /** What is called MESSAGE as an error: a refusal that the model knows of. */
  expectRefusal(reason: string | undefined, what: string): void {
    const actual = this.errors.splice(0);
    assert.deepEqual(actual, reason === undefined ? [] : [`MESSAGE ${reason}`], what);
  }

  /** The messages that a conversation shows, without what is on its way. */
  shown(place: Pick<Place, 'id' | 'group'>): Meta[] {
    return this.#all(place).filter((meta) => meta.sending === 'sent');
  }

  /** Whether the message is shown as one that failed. */
  hasFailed(place: Pick<Place, 'id' | 'group'>, clientMid: number): boolean {
    return this.#all(place).some((meta) => meta.sending === 'failed' && Number(meta.id) === clientMid);
  }

  unread({ id, group }: Pick<Place, 'id' | 'group'>): number {
    return group ? this.im.groupManage.getUnreadCount(id) : this.im.rosterManage.getUnreadCount(id);
  }

  #all({ id, group }: Pick<Place, 'id' | 'group'>): Meta[] {
    const { groupManage, rosterManage } = this.im;
    return group ? groupManage.getGruopMessage(id) : rosterManage.getRosterMessageByRid(id);
  }
}
