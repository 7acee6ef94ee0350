#!/usr/bin/env node
// Written for any Node that can load a module, so that a too old one can say so instead of failing on syntax.
var wanted = 24;
var found = process.versions.node;
if (Number(found.split('.')[0]) < wanted) {
  console.error(
    'flooim needs Node ' + wanted + ' or later and this is Node ' + found + '. Run it with "npm start": the repository brings its own.',
  );
  process.exit(1);
}
import('../src/main.ts').then(function (main) {
  return main.main(process.argv.slice(2));
});
