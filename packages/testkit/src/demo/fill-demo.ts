import { createServer, type Server } from '@flooim/server';
import { defaultConfig } from '../../../server/src/config.ts';
import { testConfig } from '../start-server.ts';
import { until } from '../wait.ts';
import { Moments } from './moments.ts';
import { avatar } from './paint.ts';
import { pdf } from './pdf.ts';
import type { Name } from './people.ts';
import { type Said, speak } from './speech.ts';
import { type Chat, chats, type Group, groups, invitation, type Line, requests } from './story.ts';
import { Dweller, type Place, settleTown, type Townsfolk } from './townsfolk.ts';

/** The folder is not for a demo; the message says what would be. */
export class DemoRefused extends Error {}

interface Made {
  groups: number;
  people: number;
}

/** The one to sign in as. */
export const guest = 'sam' satisfies Name;

type Config = NonNullable<Parameters<typeof createServer>[0]>;

/**
 * Fills a data folder that knows nobody yet with people who have talked for some days. They do it as everybody does, by the
 * SDK, with a server whose clock goes through those days; nothing is written past it. All of them have the same password.
 */
export async function fillDemo(config: Config & { data: string }, password: string): Promise<Made> {
  const moments = new Moments(Date.now());
  moments.rewind('5d 08:00');
  // What the days saw may come at once: no limit of the settings is for it.
  const server = createServer(defaultConfig({ ...config, ...testConfig, host: '127.0.0.1', publicUrl: '' }), {
    clock: () => moments.now,
  });
  try {
    refuseInhabited(server, config.data);
    const { url } = await server.start();
    const town = await settleTown(url, password);
    try {
      await new Play(town, moments).run();
      await settled(url, town.sam, password);
    } finally {
      await Promise.all(Object.values(town).map(({ im }) => im.dispose()));
    }
    return { groups: groups.length, people: Object.keys(town).length };
  } finally {
    await server.close();
  }
}

function refuseInhabited(server: Server, data: string): void {
  if (server.context.reader.get('SELECT 1 FROM user LIMIT 1') === undefined) return;
  throw new DemoRefused(
    `${data} has people already: npm start -- --data ${data} serves them; for a new demo delete the folder, or name another with --data`,
  );
}

/** A device that comes anew finds everything as it was left: nothing is on its way any more. */
async function settled(url: string, sam: Dweller, password: string): Promise<void> {
  const fresh = new Dweller(url, sam.name);
  const shown = ({ im }: Dweller) =>
    JSON.stringify(im.userManage.getConversationList().map(({ id, unread, mentioned }) => [id, unread, mentioned]));
  try {
    await fresh.im.login({ name: sam.name, password });
    await until(() => shown(fresh) === shown(sam), 'everything to arrive', { timeoutMs: 20_000 });
    await fresh.im.userManage.asyncRemoveDevice({ device_sn: fresh.im.userManage.getDeviceSN() });
  } finally {
    await fresh.im.dispose();
  }
}

/** The story, told by the people of the town at its times. */
class Play {
  readonly #town: Townsfolk;
  readonly #moments: Moments;
  readonly #said: Said = new Map();

  constructor(town: Townsfolk, moments: Moments) {
    this.#town = town;
    this.#moments = moments;
  }

  async run(): Promise<void> {
    for (const chat of chats) await this.#planChat(chat);
    for (const group of groups) this.#planGroup(group);
    this.#planWaiting();
    await this.#moments.pass();
  }

  async #planChat(chat: Chat): Promise<void> {
    const { sam, [chat.with]: other } = this.#town;
    await sam.im.rosterManage.asyncApply({ user_id: other.uid });
    const placeOf = (name: Name): Place => ({ id: name === guest ? other.uid : sam.uid, isGroup: false });
    this.#planLines(chat, [guest, chat.with], placeOf);
  }

  #planGroup(group: Group): void {
    const owner = this.#town[group.owner];
    let id = 0;
    this.#moments.plan(group.made, async () => {
      id = await this.#makeGroup(group);
    });
    for (const { at, from, title, content } of group.announcements ?? []) {
      const { im } = this.#town[from];
      this.#moments.plan(at, () => im.groupManage.asyncAnnouncementEdit({ group_id: id, title, content }));
    }
    if (group.shared) {
      const { at, from, name, headline, lines } = group.shared;
      this.#moments.plan(at, async () => {
        const { im } = this.#town[from];
        const bytes = pdf(headline, lines);
        const { url, size, type } = await this.#town[from].upload(bytes, name, { id, isGroup: true }, 'shareFile');
        await im.groupManage.asyncFileUpload({ group_id: id, name, size, type, url });
      });
    }
    this.#planLines(group, [owner.name, ...group.members], () => ({ id, isGroup: true }));
  }

  async #makeGroup({ name, about, avatar: look, owner, admins = [], members, isPublic }: Group): Promise<number> {
    const { im } = this.#town[owner];
    const idsOf = (names: readonly Name[]) => names.map((member) => this.#town[member].uid);
    const type = isPublic ? 1 : 0;
    const made = await im.groupManage.asyncCreate({ name, description: about, type, user_list: idsOf(members) });
    const { group_id } = made;
    await im.groupManage.asyncUpdateEnableReadack({ group_id, value: true });
    if (admins.length > 0) await im.groupManage.asyncAdminAdd({ group_id, user_list: idsOf(admins) });
    const file = new Blob([avatar(...look)]);
    const upload = { file, toType: 'groupAvatar', group_id, name: 'avatar.png' } as const;
    const { url } = await im.sysManage.asyncFileUpload(upload);
    await im.groupManage.asyncUpdateAvatar({ group_id, value: url });
    return group_id;
  }

  /** Everybody reads what is there before he says something; the others read it at the end, sam only what he has seen. */
  #planLines(chat: Omit<Chat, 'with'>, present: readonly Name[], placeOf: (name: Name) => Place): void {
    const readAt = new Map<Name, string>();
    let newest = '';
    const read = async (name: Name) => {
      if (!newest || readAt.get(name) === newest) return;
      readAt.set(name, newest);
      await this.#town[name].read(placeOf(name), newest);
    };
    chat.lines.forEach((line: Line, i) => {
      this.#moments.plan(line.at, async () => {
        await read(line.from);
        newest = await speak(this.#town, placeOf(line.from), line, this.#said);
        readAt.set(line.from, newest);
        if (i < chat.lines.length - 1) return;
        for (const name of present) if (name !== guest || chat.seen) await read(name);
      });
    });
    const last = chat.lines.at(-1);
    if (last) this.#moments.plan(last.at, () => this.#arrange(placeOf(guest).id, chat));
  }

  async #arrange(conversation_id: number, { pinned, muted, draft }: Omit<Chat, 'with'>): Promise<void> {
    const { userManage } = this.#town[guest].im;
    if (muted) await userManage.asyncMuteConversation({ conversation_id, muted });
    if (draft) await userManage.asyncSetDraft({ conversation_id, draft });
    if (pinned) await userManage.asyncPinConversation({ conversation_id, pinned });
  }

  /** From now on sam is asked first. */
  #planWaiting(): void {
    const { sam } = this.#town;
    this.#moments.plan('2d 08:00', () => sam.im.userManage.asyncUpdateSettings({ auth_mode: 1, group_confirm: true }));
    for (const { at, from, reason } of requests) {
      this.#moments.plan(at, () => this.#town[from].im.rosterManage.asyncApply({ user_id: sam.uid, reason }));
    }
    const { at, from, group, reason } = invitation;
    this.#moments.plan(at, async () => {
      const { groupManage } = this.#town[from].im;
      const { group_id } = await groupManage.asyncCreate({ name: group.name, description: group.about });
      await groupManage.asyncInvite({ group_id, user_list: [sam.uid], reason });
    });
  }
}
