/**
 * Compares protobuf codecs for XSync: speed on a nested frame, size in a browser bundle. Prints the tables of README.md.
 *
 *     node bench/codec/codec.bench.ts
 *
 * The candidates are no dependencies of the repository: they are installed, at the versions below, into a folder under the
 * system's temporary one (or into the one given as the first argument), and generated there from the repository's schema.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { adapters, type Candidate, candidates, samples } from './candidates.ts';

const packages = {
  protobufjs: '8.8.1',
  'protobufjs-cli': '2.7.1',
  pbf: '5.1.2',
  '@bufbuild/protobuf': '2.17.0',
  '@bufbuild/protoc-gen-es': '2.13.0',
  '@bufbuild/buf': '1.75.0',
  'ts-proto': '2.18.0',
  esbuild: '0.28.2',
};

const bufPlugins = `version: v2
plugins:
  - local: node_modules/.bin/protoc-gen-es
    out: es
    opt: [target=js]
  - local: node_modules/.bin/protoc-gen-ts_proto
    out: tsproto
    opt: [forceLong=number, outputJsonMethods=false, outputPartialMethods=false, enumsAsLiterals=true]
`;

// Kept, so that the engine cannot leave the work out.
let sink: unknown;

const roundMs = 400;
const rounds = 10;
const protocol = fileURLToPath(new URL('../../packages/protocol/src/', import.meta.url));

if (process.argv[2] === '--measure')
  await measureInThisProcess(process.argv[3] as Candidate, process.argv[4] as string);
else compare(process.argv[2] ?? join(tmpdir(), 'flooim-codec-bench'));

function compare(folder: string): void {
  prepare(folder);
  console.log(`Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores\n`);
  // Each in its own process: one candidate's types must not spoil what the engine learned about another's.
  const results = candidates.map((name) => ({ name, ...size(folder, name), speeds: measure(folder, name) }));
  for (const [index, sample] of samples.entries()) {
    const [first] = results;
    console.log(`### ${sample.title}, ${first?.speeds[index]?.bytes} bytes\n`);
    console.log(
      '| codec | decode, frames/ms | encode, frames/ms | both, us a frame | min+gzip, KB |\n|---|---|---|---|---|',
    );
    for (const { name, speeds, gzip } of results) {
      const { decode, encode } = speeds[index] as Speed;
      const both = 1000 / decode + 1000 / encode;
      console.log(
        `| ${adapters[name].title} | ${Math.round(decode)} | ${Math.round(encode)} | ${both.toFixed(2)} | ${(gzip / 1024).toFixed(1)} |`,
      );
    }
    console.log();
  }
}

function prepare(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: packages }),
  );
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(join(folder, 'node_modules'))) run('npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund');
  const bin = (name: string) => join('node_modules', '.bin', name);
  writeFileSync(join(folder, 'xsync.proto'), readFileSync(join(protocol, 'xsync.proto')));
  const only = ['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-comments'];
  run(bin('pbjs'), '-t', 'static-module', '-w', 'esm', ...only, '-o', 'pbjs.js', 'xsync.proto');
  writeFileSync(join(folder, 'pbf.js'), execFileSync(bin('pbf'), ['xsync.proto'], { cwd: folder }));
  writeFileSync(join(folder, 'buf.yaml'), 'version: v2\n');
  writeFileSync(join(folder, 'buf.gen.yaml'), bufPlugins);
  run(bin('buf'), 'generate', 'xsync.proto');
  for (const name of candidates) bundle(folder, name);
}

function bundle(folder: string, name: Candidate): void {
  writeFileSync(join(folder, `${name}.entry.js`), adapters[name].entry.replaceAll('PROTOCOL', protocol));
  // protobufjs takes 64-bit numbers as JavaScript's only where the package `long` is not found.
  const common = ['--bundle', '--format=esm', '--target=es2022', '--alias:long=./no-long.js', '--log-level=error'];
  writeFileSync(join(folder, 'no-long.js'), 'module.exports = undefined;\n');
  const esbuild = (...args: string[]) =>
    execFileSync(join('node_modules', '.bin', 'esbuild'), [`${name}.entry.js`, ...common, ...args], {
      cwd: folder,
      stdio: 'inherit',
    });
  esbuild('--platform=node', `--outfile=${name}.bundle.mjs`);
  esbuild('--platform=browser', '--minify', `--outfile=${name}.min.mjs`);
}

function size(folder: string, name: Candidate): { gzip: number } {
  return { gzip: gzipSync(readFileSync(join(folder, `${name}.min.mjs`)), { level: 9 }).length };
}

interface Speed {
  bytes: number;
  /** Frames in a millisecond. */
  decode: number;
  encode: number;
}

function measure(folder: string, name: Candidate): Speed[] {
  const args = [fileURLToPath(import.meta.url), '--measure', name, join(folder, `${name}.bundle.mjs`)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Speed[];
}

async function measureInThisProcess(name: Candidate, file: string): Promise<void> {
  const module = await import(pathToFileURL(file).href);
  const speeds = samples.map((sample) => {
    const { encode, decode } = adapters[name].make(module, sample);
    // Received bytes are a Buffer on the server.
    const bytes = Buffer.from(encode());
    if (decode(bytes) !== sample.content) throw new Error(`${name} does not decode what it encoded`);
    return { bytes: bytes.length, decode: speed(() => decode(bytes)), encode: speed(encode) };
  });
  console.log(JSON.stringify(speeds));
}

/** The fastest round: whatever else the machine does only slows one down. */
function speed(work: () => unknown): number {
  return Math.max(...Array.from({ length: rounds }, () => framesPerMs(work)));
}

function framesPerMs(work: () => unknown): number {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  for (; elapsed < roundMs; elapsed = performance.now() - start) {
    for (let i = 0; i < 1000; i++) sink = work();
    count += 1000;
  }
  if (sink === undefined) throw new Error('nothing was done');
  return count / elapsed;
}
