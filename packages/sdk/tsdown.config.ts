import { defineConfig, type UserConfig } from 'tsdown';

/** The protocol package is private: it goes into every build. */
const shared: UserConfig = {
  target: 'es2022',
  deps: { alwaysBundle: ['@flooim/protocol'] },
  inputOptions: { resolve: { conditionNames: ['flooim-source', 'import', 'default'] } },
  tsconfig: 'tsconfig.json',
};

export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts' },
    format: ['esm', 'cjs'],
    platform: 'neutral',
    dts: { eager: true },
    outputOptions: { exports: 'named' },
    // The single-file build fetches a chunk of this one from beside it, by its name.
    hash: false,
    clean: true,
  },
  {
    ...shared,
    entry: { flooim: 'src/iife.ts' },
    format: 'iife',
    globalName: 'flooIM',
    platform: 'browser',
    minify: true,
    dts: false,
    clean: false,
  },
]);
