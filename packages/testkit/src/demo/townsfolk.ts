import { type FileTypeName, type FileUploadResult, type Flooim, flooim, type Meta } from 'flooim';
import { callRest } from '../rest.ts';
import { until } from '../wait.ts';
import { type Name, people } from './people.ts';
import { portrait } from './portrait.ts';

export type Townsfolk = Record<Name, Dweller>;

/** A conversation as one person names it. */
export interface Place {
  id: number;
  isGroup: boolean;
}

/** Somebody of the demo with a device of his own. */
export class Dweller {
  readonly im: Flooim;
  readonly name: Name;

  constructor(url: string, name: Name) {
    this.name = name;
    const dnsServer = `${url}/v2/app_dns`;
    this.im = flooim({ appid: 'flooim', dnsServer, storage: 'memory', deviceName: 'flooim demo' });
  }

  get uid(): number {
    return this.im.userManage.getUid();
  }

  async settle(password: string): Promise<void> {
    await this.im.login({ name: this.name, password });
    await until(() => this.im.connection.state.name === 'online', `${this.name} to be online`, { timeoutMs: 20_000 });
    const { nickname, about, portrait: look } = people[this.name];
    const file = new Blob([portrait(look)], { type: 'image/png' });
    const { url } = await this.im.sysManage.asyncFileUpload({ file, toType: 'rosterAvatar', name: 'avatar.png' });
    await this.im.userManage.asyncUpdateAvatar({ avatar: url });
    await this.im.userManage.asyncUpdateProfile({ nick_name: nickname, description: about });
  }

  upload(
    file: Buffer<ArrayBuffer>,
    name: string,
    { id, isGroup }: Place,
    fileType: FileTypeName,
  ): Promise<FileUploadResult> {
    const chatType = isGroup ? 'group' : 'roster';
    return this.im.sysManage.asyncFileUpload({
      file: new Blob([file]),
      name,
      fileType,
      toType: 'chat',
      to_id: id,
      chatType,
    });
  }

  messages({ id, isGroup }: Place): Meta[] {
    return isGroup ? this.im.groupManage.getGruopMessage(id) : this.im.rosterManage.getRosterMessageByRid(id);
  }

  /** Waits until this message is here, then marks everything up to it as read. */
  async read(place: Place, mid: string): Promise<void> {
    const isHere = () => this.messages(place).some(({ id }) => id === mid);
    await until(isHere, `message ${mid} to reach ${this.name}`, { timeoutMs: 20_000 });
    if (place.isGroup) this.im.groupManage.readGroupMessage(place.id, mid);
    else this.im.rosterManage.readRosterMessage(place.id, mid);
  }
}

/** Everybody registered and online, with a nickname and a picture. */
export async function settleTown(url: string, password: string): Promise<Townsfolk> {
  const names = Object.keys(people) as Name[];
  const dwellers: Dweller[] = [];
  // One after the other, so that their ids are in the order of the list.
  for (const username of names) {
    await callRest(url, 'userRegister', { username, password });
    dwellers.push(new Dweller(url, username));
  }
  await Promise.all(dwellers.map((dweller) => dweller.settle(password)));
  return Object.fromEntries(dwellers.map((dweller) => [dweller.name, dweller])) as Townsfolk;
}
