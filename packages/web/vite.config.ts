import vue from '@vitejs/plugin-vue';
import { defineConfig, type UserConfig } from 'vite';
import { buildPlay } from './build-play.ts';
import { buildWorker } from './build-worker.ts';
import { compressAssets } from './compress-assets.ts';

/** Everything that the server answers itself; the rest is the app's. */
const serverPaths = ['/v2', '/token', '/user', '/roster', '/app', '/xsync', '/file', '/group'];
const server = 'http://127.0.0.1:4000';

const firstScreen = /src\/(main\.ts|app\/AppShell\.vue|conversation\/ChatsPage\.vue|message\/ChatPane\.vue)$/;

const ownSource = /packages\/web\/src\//;

interface Graph {
  getModuleInfo(id: string): { importers: readonly string[] } | null;
}

/** Whether the list or the chat imports it, by whatever way that is not a dynamic import. */
function isOnFirstScreen(id: string, graph: Graph): boolean {
  const known = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (firstScreen.test(next)) return true;
    if (known.has(next)) continue;
    known.add(next);
    waiting.push(...(graph.getModuleInfo(next)?.importers ?? []));
  }
  return false;
}

/** What every page of ours is built with. */
const settings = {
  // The SDK's sources are built with the app: one version, one source map, no build order.
  resolve: { conditions: ['flooim-source', 'module', 'browser', 'development|production'] },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    // i18n/read-text.ts is enough.
    __INTLIFY_DROP_MESSAGE_COMPILER__: true,
  },
  build: {
    target: 'es2022',
    // The content security policy allows no data: scripts and few data: anything; files cache better too.
    assetsInlineLimit: 0,
  },
} satisfies UserConfig;

export default defineConfig({
  ...settings,
  plugins: [vue(), buildWorker([...serverPaths, '/play']), compressAssets(), buildPlay(settings)],
  server: {
    proxy: Object.fromEntries(serverPaths.map((path) => [`^${path}(/|\\?|$)`, { target: server, ws: true }])),
  },
  build: {
    ...settings.build,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vue', test: /node_modules\/(@vue|vue|vue-router|pinia|vue-i18n|@intlify)\//, priority: 3 },
            // Without what the SDK loads only for a transport that this app does not use.
            { name: 'sdk', test: /packages\/(sdk|protocol)\/(?!.*socketio-socket)/, priority: 3 },
            { name: 'virtual', test: /node_modules\/virtua\//, priority: 3 },
            { name: 'overlay', test: /node_modules\/(reka-ui|@floating-ui|@vueuse|aria-hidden)\//, priority: 2 },
            // What two pages use comes in one file, not in thirty of half a kilobyte; in another one what the list and
            // the chat do without.
            {
              name: (id, graph) => (isOnFirstScreen(id, graph) ? 'shared' : null),
              test: ownSource,
              minShareCount: 2,
              priority: 2,
            },
            { name: 'pages', test: ownSource, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
});
