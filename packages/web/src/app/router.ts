import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { t } from '../i18n/i18n.ts';
import { loginCodePath } from '../session/login-code-path.ts';
import { useSession } from '../session/session-store.ts';
import { toast } from '../ui/toasts.ts';

/** The pages of somebody signed in; each is a file of its own. */
const pages = {
  shell: () => import('./AppShell.vue'),
  chats: () => import('../conversation/ChatsPage.vue'),
  chat: () => import('../message/ChatPane.vue'),
  about: () => import('../group/ConversationAbout.vue'),
  contacts: () => import('../roster/ContactsPage.vue'),
  addFriend: () => import('../roster/AddFriend.vue'),
  requests: () => import('../roster/RequestList.vue'),
  person: () => import('../roster/PersonPage.vue'),
  newChat: () => import('../roster/NewChat.vue'),
  blocked: () => import('../roster/BlockedPage.vue'),
  myCode: () => import('../roster/MyCode.vue'),
  scan: () => import('../roster/ScanPage.vue'),
  createGroup: () => import('../group/CreateGroup.vue'),
  joinGroup: () => import('../group/JoinGroup.vue'),
  joinGroupCard: () => import('../group/JoinGroupCard.vue'),
  settings: () => import('../user/SettingsPage.vue'),
  devices: () => import('../user/DevicesPage.vue'),
  username: () => import('../user/UsernamePage.vue'),
  password: () => import('../user/PasswordPage.vue'),
  deleteAccount: () => import('../user/DeleteAccountPage.vue'),
  loginCode: () => import('../session/LoginCodePage.vue'),
};

type Matched = { params: Record<string, unknown> };

const uid = ({ params }: Matched) => ({ uid: Number(params.id) });
const gid = ({ params }: Matched) => ({ gid: Number(params.id) });
const conversation = ({ params }: Matched) => ({ uid: Number(params.id), isGroup: params.with === 'g' });

const routes: RouteRecordRaw[] = [
  { path: '/login', component: () => import('../session/LoginPage.vue'), meta: { open: true } },
  { path: '/register', component: () => import('../session/RegisterPage.vue'), meta: { open: true } },
  {
    path: '/',
    component: pages.shell,
    children: [
      {
        path: '',
        component: pages.chats,
        children: [
          { path: '', name: 'chats', components: {} },
          { path: 'new', component: pages.newChat },
          // With a person, or with a group; and what there is to know of it, beside the talk or in its place.
          {
            path: ':with(c|g)/:id(\\d+)/:about(info)?/:page([a-z]+)?/:member(\\d+)?',
            name: 'chat',
            component: pages.chat,
            props: conversation,
          },
        ],
      },
      {
        path: 'contacts',
        component: pages.contacts,
        children: [
          { path: '', name: 'contacts', components: {} },
          { path: 'add', component: pages.addFriend },
          { path: 'requests', component: pages.requests },
          { path: 'blocked', component: pages.blocked },
          { path: 'code', component: pages.myCode },
          { path: 'scan', component: pages.scan },
          { path: 'new-group', component: pages.createGroup },
          { path: ':id(\\d+)', component: pages.person, props: uid },
          // Addresses that are sent around, so they are short.
          { path: '/join', component: pages.joinGroup },
          { path: '/join/:id(\\d+)', component: pages.joinGroupCard, props: gid },
        ],
      },
      {
        path: 'settings',
        component: pages.settings,
        children: [
          // All of them, or one of them.
          { path: ':section(profile|notifications|privacy|appearance|accounts)?', name: 'settings', components: {} },
          { path: 'devices', component: pages.devices },
          { path: 'username', component: pages.username },
          { path: 'password', component: pages.password },
          { path: 'delete', component: pages.deleteAccount },
        ],
      },
      { path: 'login-code/:code([\\w-]+)', component: pages.loginCode, props: true },
    ],
  },
  { path: '/:rest(.*)*', redirect: '/' },
];

export const router = createRouter({ history: createWebHistory(), routes });

router.beforeEach(async (to) => {
  const codePath = loginCodePath(to.hash);
  if (codePath) return { path: codePath, replace: true };
  const session = useSession();
  // The frame around the list is drawn while what goes into it is read; if there is nobody, it goes.
  if (session.resuming && to.name === 'chats') {
    void session.started.then(() => {
      if (!session.signedIn) void router.replace('/login');
    });
    return true;
  }
  await session.started;
  const { signedIn } = session;
  if (signedIn && to.meta.open) return '/';
  if (signedIn || to.meta.open) return true;
  return { path: '/login', query: to.path === '/' ? {} : { to: to.fullPath } };
});

// Its file is here before it is shown: what fails is told as of any other page.
router.beforeResolve(async ({ params }) => {
  if (params.about) await pages.about();
});

/** Once, so that a page that is really gone does not reload for ever. */
const reloadedKey = 'flooim.reloaded';

/** A page's file did not come: no network, or the server has a newer version of the app, which a reload brings. */
router.onError(async (_error, to) => {
  const reachable = await fetch('/', { method: 'HEAD' }).then(
    (answer) => answer.ok,
    () => false,
  );
  if (!reachable || sessionStorage.getItem(reloadedKey) === to.fullPath) return toast(t('error.network'), 'error');
  sessionStorage.setItem(reloadedKey, to.fullPath);
  location.assign(to.fullPath);
});

/** What the address will show to somebody who is signed in, while it is still being read whether he is. */
export function fetchFirstPages(): void {
  const wanted: (() => Promise<unknown>)[] = [];
  const { pathname } = location;
  if (/^\/([cg]\/.*)?$/.test(pathname)) wanted.push(pages.shell, pages.chats);
  if (/^\/[cg]\//.test(pathname)) wanted.push(pages.chat);
  for (const load of wanted) load().catch(() => {});
}

/** Fetches every page ahead, while there is a network: moving about must not need one. */
export function fetchPages(): void {
  for (const load of Object.values(pages)) load().catch(() => {});
}
