import type { GroupAnnouncement } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import type { AnnouncementStore } from './announcement-store.ts';
import { enterGroup, type InGroup } from './group-access.ts';
import type { GroupDelivery } from './group-delivery.ts';
import type { GroupDirectory } from './group-directory.ts';
import { runCommand } from './run-command.ts';

interface Parts {
  store: AnnouncementStore;
  groupDirectory: GroupDirectory;
  groupDelivery: GroupDelivery;
  clock: () => number;
}

/** What is announced in groups. An announcement is never edited: the newest one counts. */
export class AnnouncementService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async all(member: InGroup): Promise<GroupAnnouncement[]> {
    this.#enter(member);
    return this.#parts.store.all(member.gid);
  }

  async one(member: InGroup, id: number): Promise<GroupAnnouncement> {
    this.#enter(member);
    return found(await this.#parts.store.one(member.gid, id));
  }

  async last(member: InGroup): Promise<GroupAnnouncement> {
    this.#enter(member);
    return found(await this.#parts.store.last(member.gid));
  }

  async announce(member: InGroup, title: string, content: string): Promise<GroupAnnouncement> {
    const { store, groupDelivery, clock } = this.#parts;
    const act = { ...member, title, content, time: clock() };
    return (await runCommand(groupDelivery, store.write['group.announce'], act)).announcement;
  }

  async delete(admin: InGroup, id: number): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    await runCommand(groupDelivery, store.write['group.deleteAnnouncement'], { ...admin, id, time: clock() });
  }

  #enter(member: InGroup): void {
    enterGroup(this.#parts.groupDirectory, member, 'readAnnouncements');
  }
}

function found(announcement: GroupAnnouncement | undefined): GroupAnnouncement {
  if (!announcement) throw new ServerError('announcementNotFound');
  return announcement;
}
