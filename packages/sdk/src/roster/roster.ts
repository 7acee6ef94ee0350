import type { RestClient } from '../rest/rest-client.ts';
import type { Transactions } from '../storage/transaction.ts';
import type { RosterItem } from '../types.ts';

const storeKey = 'roster';
const friend = 0;
const blocked = 3;

interface StoredRoster {
  ids: number[];
  items: RosterItem[];
}

/** The friends and everyone else this device knows, as the server last told. */
export class Roster {
  readonly #rest: RestClient;
  readonly #transactions: Transactions;
  readonly #items = new Map<number, RosterItem>();
  #ids: number[] | undefined;
  #blocked: number[] | undefined;
  /** The conversation list shows who is muted: it has to be told. */
  #muteChanged = false;

  constructor(rest: RestClient, transactions: Transactions, stored: unknown) {
    this.#rest = rest;
    this.#transactions = transactions;
    const { ids, items } = (stored ?? {}) as Partial<StoredRoster>;
    this.#ids = ids;
    for (const item of items ?? []) this.#items.set(item.user_id, item);
  }

  /** The key of what the constructor takes as `stored`. */
  static readonly storeKey = storeKey;

  get(uid: number): RosterItem | undefined {
    return this.#items.get(uid);
  }

  all(): RosterItem[] {
    return [...this.#items.values()];
  }

  isMuted(uid: number): boolean {
    return this.#items.get(uid)?.mute_notification ?? false;
  }

  async ids(force = false): Promise<number[]> {
    if (force || !this.#ids) {
      this.#ids = await this.#rest.call('rosterList', {});
      this.#keep();
    }
    return [...this.#ids];
  }

  async info(uid: number, force = false): Promise<RosterItem> {
    const known = this.#items.get(uid);
    return known && !force ? known : this.#put(await this.#rest.call('rosterById', { user_id: uid }));
  }

  async byName(username: string): Promise<RosterItem> {
    return this.#put(await this.#rest.call('rosterByName', { username }));
  }

  async details(uids: readonly number[]): Promise<RosterItem[]> {
    if (uids.length === 0) return [];
    const items = await this.#askDetails(uids);
    this.#setAll(items);
    return items;
  }

  async blockedIds(): Promise<number[]> {
    this.#blocked = await this.#rest.call('rosterBlockedList', {});
    return [...this.#blocked];
  }

  /** All friends and their details, fresh. */
  async reload(): Promise<void> {
    const take = await this.ask();
    take();
  }

  /** As `reload`, for what nobody waits for. */
  reloadPatiently(): Promise<void> {
    return this.#rest.patiently(() => this.reload());
  }

  /** As `reload`, but nothing is taken over before what this gives is called. */
  async ask(): Promise<() => void> {
    const ids = await this.#rest.call('rosterList', {});
    const items = ids.length > 0 ? await this.#askDetails(ids) : [];
    return () => {
      this.#ids = ids;
      this.#setAll(items);
    };
  }

  /** Fresh after something changed: the list, and what is known of these users. */
  async refresh(uids: Iterable<number>, listToo: boolean): Promise<void> {
    if (listToo) await this.ids(true);
    await this.details([...new Set(uids)]);
  }

  /** As `refresh`, for what nobody waits for. */
  refreshPatiently(uids: Iterable<number>, listToo: boolean): Promise<void> {
    return this.#rest.patiently(() => this.refresh(uids, listToo));
  }

  /** A change that the server took, seen at once; the notice that follows brings the rest. */
  patch(uid: number, change: Partial<RosterItem>): void {
    const item = this.#items.get(uid);
    if (item) this.#put({ ...item, ...change });
    if (change.relation === undefined || !this.#ids) return;
    const listed = change.relation === friend || (change.relation === blocked && this.#ids.includes(uid));
    this.#ids = [...this.#ids.filter((id) => id !== uid), ...(listed ? [uid] : [])];
    this.#keep();
  }

  #askDetails(uids: readonly number[]): Promise<RosterItem[]> {
    return this.#rest.call('rosterDetails', { list: [...uids] });
  }

  #setAll(items: readonly RosterItem[]): void {
    for (const item of items) this.#set(item);
    this.#keep();
  }

  #put(item: RosterItem): RosterItem {
    this.#set(item);
    this.#keep();
    return item;
  }

  #set(item: RosterItem): void {
    this.#muteChanged ||= item.mute_notification !== this.isMuted(item.user_id);
    this.#items.set(item.user_id, item);
  }

  #keep(): void {
    const value: StoredRoster = { ids: this.#ids ?? [], items: [...this.#items.values()] };
    const muteChanged = this.#muteChanged;
    this.#muteChanged = false;
    void this.#transactions.run((tx) => {
      if (this.#ids) tx.write({ to: 'kv', key: storeKey, value });
      if (muteChanged) tx.listChanged();
    });
  }
}
