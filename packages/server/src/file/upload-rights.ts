import { Vsn } from '@flooim/protocol';
import { enterGroup } from '../group/group-access.ts';
import type { GroupDirectory } from '../group/group-directory.ts';
import type { MessageRights } from '../message/message-rights.ts';
import type { UploadPass } from './passes.ts';

type Wanted = Pick<UploadPass, 'appId' | 'uid' | 'kind' | 'target' | 'toGroup'>;

/** Who may upload for whom: asked for the address, and again when bytes come and when they are there. */
export class UploadRights {
  readonly #messageRights: MessageRights;
  readonly #groups: GroupDirectory;

  constructor(messageRights: MessageRights, groups: GroupDirectory) {
    this.#messageRights = messageRights;
    this.#groups = groups;
  }

  async check({ appId, uid, kind, target, toGroup }: Wanted): Promise<void> {
    const inGroup = { appId, uid, gid: target };
    if (kind === 'chat') await this.send({ appId, uid }, target, toGroup);
    else if (kind === 'shared') enterGroup(this.#groups, inGroup, 'shareFile');
    else if (kind === 'groupAvatar') enterGroup(this.#groups, inGroup, 'modifyInfo');
  }

  /** May he send something there? */
  async send({ appId, uid }: Pick<Wanted, 'appId' | 'uid'>, target: number, toGroup: boolean): Promise<void> {
    const sender = { appId, uid, deviceSN: 0, vsn: Vsn.V2 };
    if (toGroup) this.#messageRights.speak(sender, target);
    else await this.#messageRights.pair(sender, target, 'sendMessage');
  }
}
