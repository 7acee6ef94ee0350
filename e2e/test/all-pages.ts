import { people } from '../../packages/testkit/src/demo/people.ts';
import type { Visitor } from './browser.ts';

/** What stands on a page for a while: a menu, a dialog, a part that opens. */
interface Part {
  name: string;
  /** Test id of what shows that it is there. */
  shows: string;
  open: (visitor: Visitor) => Promise<unknown>;
  close: (visitor: Visitor) => Promise<unknown>;
  /** Phones have no such thing. */
  onlyWide?: true;
}

export interface AppPage {
  name: string;
  path: string;
  shows: string;
  /** One of those that everybody sees. */
  isMain?: true;
  parts?: readonly Part[];
}

/** Conversations of the demo, by the names that they are shown with. */
export const placeNames = {
  team: 'Product team',
  design: 'Design 设计',
  hikers: '周末爬山',
  book: 'Book club',
  mei: people.mei.nickname,
  anna: people.anna.nickname,
  wei: people.wei.nickname,
  omar: people.omar.nickname,
};
export type Place = keyof typeof placeNames;

const press = (key: string) => (visitor: Visitor) => visitor.page.keyboard.press(key);
const click = (testId: string) => (visitor: Visitor) => visitor.at(testId).filter({ visible: true }).first().click();
const closeMenu = async (visitor: Visitor) => {
  await visitor.page.keyboard.press('Escape');
  await visitor.at('menu').waitFor({ state: 'detached' });
};
const closeDialog = async (visitor: Visitor) => {
  await visitor.page.keyboard.press('Escape');
  await visitor.page.locator('[role=dialog]').waitFor({ state: 'detached' });
};
const menuOfMessage = (choose?: string) => async (visitor: Visitor) => {
  await visitor.at('message').last().click({ button: 'right' });
  if (choose) await visitor.at(choose).click();
};

const ofList: readonly Part[] = [
  { name: 'new menu', shows: 'menu', open: click('new'), close: closeMenu },
  {
    name: 'search',
    shows: 'found-heading',
    open: (visitor) => visitor.at('conversation-search').fill('search'),
    close: (visitor) => visitor.at('conversation-search').fill(''),
  },
  { name: 'accounts menu', shows: 'menu', open: click('self'), close: closeMenu, onlyWide: true },
  { name: 'shortcuts', shows: 'shortcuts', open: press('?'), close: closeDialog, onlyWide: true },
];

const ofChat: readonly Part[] = [
  { name: 'conversation menu', shows: 'menu', open: click('chat-more'), close: closeMenu },
  { name: 'message menu', shows: 'menu', open: menuOfMessage(), close: closeMenu },
  { name: 'attach menu', shows: 'menu', open: click('attach'), close: closeMenu },
  { name: 'emoji panel', shows: 'emoji-panel', open: click('emoji'), close: press('Escape') },
];

const ofGroup: readonly Part[] = [
  { name: 'forward dialog', shows: 'recipient', open: menuOfMessage('menu-forward'), close: closeDialog },
  { name: 'selection', shows: 'selection-bar', open: menuOfMessage('menu-select'), close: click('select-cancel') },
  {
    name: 'find',
    shows: 'find-result',
    open: async (visitor) => {
      await visitor.at('chat-find').click();
      await visitor.at('find-input').fill('release');
    },
    close: click('find-close'),
  },
];

/** What there is for somebody signed in; `places` gives the ids of the conversations. */
export function allPages(places: Record<Place, number>): readonly AppPage[] {
  const { team, design, hikers, book, mei, anna, wei, omar } = places;
  const [info, own] = [`/g/${team}/info`, `/g/${design}/info`];
  return [
    { name: 'list', path: '/', shows: 'conversations', isMain: true, parts: ofList },
    { name: 'new chat', path: '/new', shows: 'choose-friend' },
    { name: 'chat', path: `/c/${mei}`, shows: 'message', isMain: true, parts: ofChat },
    { name: 'person beside the chat', path: `/c/${mei}/info`, shows: 'person-name' },
    {
      name: 'chat with a record and a voice',
      path: `/c/${anna}`,
      shows: 'voice-play',
      parts: [{ name: 'record', shows: 'forwarded-dialog', open: click('forwarded'), close: closeDialog }],
    },
    { name: 'chat with code', path: `/c/${wei}`, shows: 'message' },
    { name: 'chat with a place', path: `/c/${omar}`, shows: 'place' },
    { name: 'group', path: `/g/${team}`, shows: 'message', isMain: true, parts: ofGroup },
    {
      name: 'group with pictures',
      path: `/g/${hikers}`,
      shows: 'open-picture',
      parts: [
        { name: 'readers', shows: 'readers', open: click('group-read'), close: closeDialog },
        { name: 'picture viewer', shows: 'viewer-picture', open: click('open-picture'), close: closeDialog },
      ],
    },
    { name: 'group with a file', path: `/g/${design}`, shows: 'attachment' },
    { name: 'group info', path: info, shows: 'group-head', isMain: true },
    { name: 'group members', path: `${info}/members`, shows: 'member' },
    { name: 'group member', path: `${info}/member/${mei}`, shows: 'member-card' },
    { name: 'group announcements', path: `${info}/announcements`, shows: 'announcement' },
    { name: 'group files', path: `${info}/files`, shows: 'shared-file' },
    { name: 'group settings', path: `${own}/settings`, shows: 'mute-all' },
    { name: 'group for oneself', path: `${info}/personal`, shows: 'card-form' },
    { name: 'group code', path: `${info}/code`, shows: 'qr-code' },
    { name: 'group profile', path: `${own}/profile`, shows: 'group-profile-form' },
    { name: 'group invitation', path: `${own}/invite`, shows: 'pick' },
    { name: 'group requests', path: `${info}/requests`, shows: 'requests-none' },
    { name: 'group transfer', path: `${own}/transfer`, shows: 'pick' },
    { name: 'group end', path: `${own}/dissolve`, shows: 'dissolve-form' },
    {
      name: 'contacts',
      path: '/contacts',
      shows: 'friends',
      parts: [
        { name: 'groups', shows: 'groups', open: click('tab-groups'), close: click('tab-friends') },
        { name: 'contacts menu', shows: 'menu', open: click('contacts-more'), close: closeMenu },
      ],
    },
    { name: 'person', path: `/contacts/${anna}`, shows: 'person-name' },
    { name: 'requests', path: '/contacts/requests', shows: 'request-accept' },
    { name: 'block list', path: '/contacts/blocked', shows: 'blocked-empty' },
    { name: 'new friend', path: '/contacts/add', shows: 'search' },
    { name: 'own code', path: '/contacts/code', shows: 'qr-code' },
    { name: 'scan', path: '/contacts/scan', shows: 'scan-choose' },
    { name: 'new group', path: '/contacts/new-group', shows: 'create-group' },
    { name: 'join', path: '/join', shows: 'public-group' },
    { name: 'group to join', path: `/join/${book}`, shows: 'group-card' },
    { name: 'settings', path: '/settings', shows: 'nav-settings', isMain: true },
    { name: 'profile', path: '/settings/profile', shows: 'avatar-editor' },
    { name: 'notifications', path: '/settings/notifications', shows: 'notices' },
    { name: 'privacy', path: '/settings/privacy', shows: 'verification-form' },
    { name: 'appearance', path: '/settings/appearance', shows: 'theme' },
    { name: 'accounts', path: '/settings/accounts', shows: 'accounts' },
    { name: 'devices', path: '/settings/devices', shows: 'row-mark' },
    { name: 'password', path: '/settings/password', shows: 'password-form' },
    { name: 'end of the account', path: '/settings/delete', shows: 'delete-form' },
  ];
}
