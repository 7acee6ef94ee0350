import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/** Everything that the server answers itself; the rest is the app's. */
const serverPaths = ['/v2', '/token', '/user', '/roster', '/app', '/xsync', '/file', '/group'];
const server = 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [vue()],
  // The SDK's sources are built with the app: one version, one source map, no build order.
  resolve: { conditions: ['flooim-source', 'module', 'browser', 'development|production'] },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: {
    proxy: Object.fromEntries(serverPaths.map((path) => [`^${path}(/|\\?|$)`, { target: server, ws: true }])),
  },
  build: {
    target: 'es2022',
    // The content security policy allows no data: scripts and few data: anything; files cache better too.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vue', test: /node_modules\/(@vue|vue|vue-router|pinia|vue-i18n|@intlify)\//, priority: 3 },
            { name: 'sdk', test: /packages\/(sdk|protocol)\//, priority: 3 },
            { name: 'virtual', test: /node_modules\/virtua\//, priority: 3 },
            { name: 'overlay', test: /node_modules\/(reka-ui|@floating-ui|@vueuse|aria-hidden)\//, priority: 2 },
            // What two pages use comes in one file, not in thirty of half a kilobyte.
            { name: 'shared', test: /packages\/web\/src\//, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
});
