import type { GroupInfoAndSettings, GroupListDetail } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import { checkAvatar } from '../user/account-rules.ts';
import type { InGroup } from './group-access.ts';
import type { GroupDelivery } from './group-delivery.ts';
import { runCommand } from './run-command.ts';
import type { SettingsStore } from './settings-store.ts';
import type { PropertyChange } from './settings-writes.ts';

export type { PropertyChange };

/** How many push modes there are, from 0 on. */
const pushModes = 5;

interface Parts {
  store: SettingsStore;
  groupDelivery: GroupDelivery;
  clock: () => number;
}

/** What a group is called and allows, and what each member has set for himself. */
export class GroupSettingsService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whoever knows a group's id may look at it before he joins, and sees that it was dissolved. */
  async info(asker: InGroup): Promise<GroupInfoAndSettings> {
    const info = await this.#parts.store.info(asker);
    if (!info) throw new ServerError('groupNotFound');
    return info;
  }

  /** Leaves out what does not exist. */
  infos(asker: Omit<InGroup, 'gid'>, gids: readonly number[]): Promise<GroupListDetail[]> {
    return this.#parts.store.infos(asker, gids);
  }

  /** All members hear of it, unless it was so already. */
  async change(member: InGroup, change: PropertyChange): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    if (change.property === 'avatar') checkAvatar(String(change.value), 'value');
    await runCommand(groupDelivery, store.write['group.change'], { ...member, ...change, time: clock() });
  }

  /** What the member is called in this group. */
  async setCard(member: InGroup, name: string): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    await runCommand(groupDelivery, store.write['group.setCard'], { ...member, name, time: clock() });
  }

  /** What the member wants to get of the group; only his own devices hear of it. */
  async setMuteMode(member: InGroup, mode: number): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    await runCommand(groupDelivery, store.write['group.setMuteMode'], { ...member, mode, time: clock() });
  }

  /** Which of the group's messages are worth a notification; only his own devices hear of it. */
  async setPushMode(member: InGroup, mode: number): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    if (mode < 0 || mode >= pushModes) throw new ServerError('pushModeUnknown');
    await runCommand(groupDelivery, store.write['group.setPushMode'], { ...member, mode, time: clock() });
  }
}
