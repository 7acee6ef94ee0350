import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** The whole SDK, protocol included, minified, as a page loads it. */
const file = new URL('../dist/flooim.iife.js', import.meta.url);
const budgetBytes = 45 * 1024;

const bytes = readFileSync(file);
const gzipped = gzipSync(bytes, { level: 9 }).length;
console.log(
  `flooim.iife.js: ${bytes.length} bytes, ${gzipped} gzipped (${(gzipped / 1024).toFixed(1)} KB of ${budgetBytes / 1024})`,
);
if (gzipped > budgetBytes) {
  console.error('over budget');
  process.exitCode = 1;
}
