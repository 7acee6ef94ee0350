import type { Meta } from 'flooim';
import type { Random } from '../random.ts';
import type { LoadedPage } from './page.ts';
import type { Tab, World } from './tab.ts';

/** Something that a person does with one conversation. Without effect where there is nothing to do it with. */
type Command = (page: LoadedPage, peer: number, random: Random, world: World) => void;

/** Each as often as it stands here. */
const commands: readonly [string, number, Command][] = [
  ['send', 40, send],
  ['read', 10, (page, peer) => page.im.rosterManage.readRosterMessage(peer)],
  ['read up to', 4, pick('theirs', (page, peer, id) => page.im.rosterManage.readRosterMessage(peer, id))],
  ['recall', 4, pick('own', (page, peer, id) => page.im.rosterManage.recallMessage(peer, id))],
  ['delete', 4, pick('any', (page, peer, id) => page.im.rosterManage.deleteMessage(peer, id))],
  ['unread', 4, pick('theirs', (page, peer, id) => page.im.rosterManage.unreadMessage(peer, id))],
  ['edit', 6, edit],
  ['type', 3, (page, peer) => page.im.sysManage.sendInputStatusMessage(peer, 'typing')],
  ['send again', 4, sendAgain],
  ['look back', 3, lookBack],
  ['delete conversation', 1, deleteConversation],
  ['now', 2, (page) => page.im.connection.reconnectNow()],
];

/** What one tab's user does at one moment: nothing while he is signed out, or the page is frozen. */
export function act(world: World, tab: Tab, peers: readonly number[], random: Random): void {
  const { page } = tab;
  const [name, command] = pickWeighted(commands, random);
  const peer = random.pick(peers);
  if (!page?.im.isLogin() || page.isFrozen) return;
  world.trace.note(tab.name, `does ${name} ${peer}`);
  command(page, peer, random, world);
}

export function pickWeighted<T>(table: readonly [string, number, T][], random: Random): [string, T] {
  const total = table.reduce((sum, [, weight]) => sum + weight, 0);
  let at = random.between(1, total);
  for (const [name, weight, what] of table) {
    at -= weight;
    if (at <= 0) return [name, what];
  }
  throw new Error('the table is empty');
}

/** Several at once now and then, as quickly as a program can. */
function send(page: LoadedPage, peer: number, random: Random, world: World): void {
  const count = random.chance(0.2) ? random.between(2, 25) : 1;
  for (let i = 0; i < count; i++) page.say(peer, `said ${world.said++} to ${peer}`);
}

function pick(whose: 'own' | 'theirs' | 'any', run: (page: LoadedPage, peer: number, id: string) => void): Command {
  return (page, peer, random) => {
    const shown = messages(page, peer, 'sent').filter(({ from }) => isWanted(Number(from), page, whose));
    if (shown.length > 0) run(page, peer, random.pick(shown.slice(-10)).id);
  };
}

function isWanted(from: number, page: LoadedPage, whose: 'own' | 'theirs' | 'any'): boolean {
  return whose === 'any' || (from === page.tab.uid) === (whose === 'own');
}

function edit(page: LoadedPage, peer: number, random: Random, world: World): void {
  const { sysManage } = page.im;
  pick('own', (_, uid, mid) => {
    const params = { uid, mid, content: ` edit ${world.said++}` };
    if (random.chance(0.5)) sysManage.appendMessageContent(params);
    else sysManage.replaceMessage(params);
  })(page, peer, random, world);
}

function sendAgain(page: LoadedPage, peer: number, random: Random): void {
  const [failed] = messages(page, peer, 'failed');
  if (!failed) return;
  if (random.chance(0.7)) return page.sayAgain(peer, failed);
  page.dropped(peer, failed.id);
  page.im.sysManage.discardMessage(peer, failed.id);
}

function lookBack(page: LoadedPage, peer: number, random: Random): void {
  const { home } = page;
  const sid = random.chance(0.5) ? 0 : (messages(page, peer, 'sent')[0]?.id ?? 0);
  page.im.sysManage.requireHistoryMessage(peer, sid, random.between(1, 30)).then(
    ({ messages: found }) => {
      for (const { id } of found) home.untold.add(Number(id));
    },
    () => {},
  );
}

function deleteConversation(page: LoadedPage, peer: number): void {
  page.dropped(peer);
  page.im.sysManage.deleteConversation(peer);
}

function messages(page: LoadedPage, peer: number, sending: Meta['sending']): Meta[] {
  return page.im.rosterManage.getRosterMessageByRid(peer).filter((message) => message.sending === sending);
}
