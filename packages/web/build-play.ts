import { join, resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { build, type Plugin, type UserConfig } from 'vite';
import { readSdk } from './read-sdk.ts';

const virtual = 'virtual:sdk-reference';
const loaded = `\0${virtual}`;

/** What the SDK's sources say of it, as a module. */
function sdkReference(): Plugin {
  return {
    name: 'flooim-sdk-reference',
    resolveId: (id) => (id === virtual ? loaded : undefined),
    load: (id) => (id === loaded ? `export default ${JSON.stringify(readSdk())}` : undefined),
  };
}

/**
 * The developer's page, `play.html`, in a build of its own after the app's: nothing of it comes into the files that the app
 * shares, or into those that the app's service worker keeps. `settings`: what both builds have in common.
 */
export function buildPlay(settings: UserConfig): Plugin[] {
  let outDir = '';
  let isWritten = false;
  const page: Plugin = {
    name: 'flooim-play',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (/^\/play\/?(\?|$)/.test(request.url ?? '')) request.url = '/play.html';
        next();
      });
    },
    writeBundle() {
      isWritten = true;
    },
    // Also called where the build failed, and when a dev server stops.
    closeBundle: {
      sequential: true,
      async handler() {
        if (!isWritten) return;
        const input = join(import.meta.dirname, 'play.html');
        const rest = { outDir, emptyOutDir: false, copyPublicDir: false, rolldownOptions: { input } };
        await build({
          ...settings,
          root: import.meta.dirname,
          configFile: false,
          logLevel: 'warn',
          plugins: [vue(), sdkReference()],
          build: { ...settings.build, ...rest },
        });
      },
    },
  };
  return [page, sdkReference()];
}
