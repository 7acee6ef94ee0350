import type { GroupSharedFile, GroupSharedFileResponse } from '@flooim/protocol';
import { ServerError } from '../error.ts';
import { checkLink } from '../user/account-rules.ts';
import { enterGroup, type InGroup } from './group-access.ts';
import type { GroupDelivery } from './group-delivery.ts';
import type { GroupDirectory } from './group-directory.ts';
import { runCommand } from './run-command.ts';
import type { SharedFileStore } from './shared-file-store.ts';
import type { NewSharedFile } from './shared-file-writes.ts';

interface Parts {
  store: SharedFileStore;
  groupDirectory: GroupDirectory;
  groupDelivery: GroupDelivery;
  clock: () => number;
}

/** The files that members share with a group: where each is, and who put it there. */
export class SharedFileService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async all(member: InGroup): Promise<GroupSharedFile[]> {
    this.#enter(member);
    return this.#parts.store.all(member.gid);
  }

  async one(member: InGroup, id: number): Promise<GroupSharedFile> {
    this.#enter(member);
    const file = await this.#parts.store.one(member.gid, id);
    if (!file) throw new ServerError('sharedFileNotFound');
    return file;
  }

  async share(member: InGroup, file: NewSharedFile): Promise<GroupSharedFile> {
    const { store, groupDelivery, clock } = this.#parts;
    checkLink(file.url, 'url');
    const act = { ...member, ...file, time: clock() };
    return (await runCommand(groupDelivery, store.write['group.shareFile'], act)).file;
  }

  /** Who shared it may, and who manages the group's files. */
  async rename(member: InGroup, id: number, name: string): Promise<void> {
    const { store, groupDelivery, clock } = this.#parts;
    await runCommand(groupDelivery, store.write['group.renameFile'], { ...member, id, name, time: clock() });
  }

  /** As `rename`, decided file by file. */
  async delete(member: InGroup, ids: readonly number[]): Promise<GroupSharedFileResponse[]> {
    const { store, groupDelivery, clock } = this.#parts;
    const act = { ...member, ids, time: clock() };
    return (await runCommand(groupDelivery, store.write['group.deleteFiles'], act)).results;
  }

  #enter(member: InGroup): void {
    enterGroup(this.#parts.groupDirectory, member, 'readFiles');
  }
}
