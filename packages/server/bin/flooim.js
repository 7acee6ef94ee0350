#!/usr/bin/env -S node --max-semi-space-size=16 --initial-old-space-size=128
import { setFlagsFromString } from 'node:v8';

// Written for any Node that can load a module, so that a too old one can say so instead of failing on syntax.
const wanted = 24;
const found = process.versions.node;
if (Number(found.split('.')[0]) < wanted) {
  console.error(
    `flooim needs Node ${wanted} or later and this is Node ${found}. Run it with "npm start": the repository brings its own.`,
  );
  process.exit(1);
}
// Node strips types by WebAssembly, in each thread. Calls out of it that were compiled anew in one thread while another freed
// theirs ended the process (V8 13.6, "Check failed: jit_page.has_value()"): they are not compiled anew.
setFlagsFromString('--wasm-wrapper-tiering-budget=1000000000');
// Under load V8 sees that what belongs to a message under way outlives a collection of young objects, and makes such objects
// old ones from then on. Once dead they keep the young ones that they name, until the next full collection: each collection
// of young objects then takes 12 ms instead of 2, and the p99 of a message at a quarter of the load 35 ms instead of 9.
setFlagsFromString('--no-allocation-site-pretenuring');

import('../src/main.ts')
  .then(({ main }) => main(process.argv.slice(2)))
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
