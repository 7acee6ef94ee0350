#!/usr/bin/env node
// Written for any Node that can load a module, so that a too old one can say so instead of failing on syntax.
const wanted = 24;
const found = process.versions.node;
if (Number(found.split('.')[0]) < wanted) {
  console.error(
    `flooim needs Node ${wanted} or later and this is Node ${found}. Run it with "npm start": the repository brings its own.`,
  );
  process.exit(1);
}
import('../src/main.ts')
  .then(({ main }) => main(process.argv.slice(2)))
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
