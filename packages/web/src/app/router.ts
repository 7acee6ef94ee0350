import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { t } from '../i18n/i18n.ts';
import { useSession } from '../session/session-store.ts';
import { toast } from '../ui/toasts.ts';

/** The pages of somebody signed in; each is a file of its own. */
const pages = {
  shell: () => import('./AppShell.vue'),
  chats: () => import('../conversation/ChatsPage.vue'),
  chat: () => import('../message/ChatPane.vue'),
  contacts: () => import('../roster/ContactsPage.vue'),
  addFriend: () => import('../roster/AddFriend.vue'),
  requests: () => import('../roster/RequestList.vue'),
  person: () => import('../roster/PersonPage.vue'),
  settings: () => import('../user/SettingsPage.vue'),
};

const uid = (route: { params: Record<string, unknown> }) => ({ uid: Number(route.params.id) });

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
          { path: 'c/:id(\\d+)', name: 'chat', component: pages.chat, props: uid },
        ],
      },
      {
        path: 'contacts',
        component: pages.contacts,
        children: [
          { path: '', name: 'contacts', components: {} },
          { path: 'add', component: pages.addFriend },
          { path: 'requests', component: pages.requests },
          { path: ':id(\\d+)', component: pages.person, props: uid },
        ],
      },
      { path: 'settings', component: pages.settings },
    ],
  },
  { path: '/:rest(.*)*', redirect: '/' },
];

export const router = createRouter({ history: createWebHistory(), routes });

router.beforeEach((to) => {
  const { signedIn } = useSession();
  if (signedIn && to.meta.open) return '/';
  if (signedIn || to.meta.open) return true;
  return { path: '/login', query: to.path === '/' ? {} : { to: to.fullPath } };
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

/** Fetches every page ahead, while there is a network: moving about must not need one. */
export function fetchPages(): void {
  for (const load of Object.values(pages)) load().catch(() => {});
}
