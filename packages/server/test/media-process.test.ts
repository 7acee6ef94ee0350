import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import { mediaLimits } from '../src/media/media-limits.ts';
import { groupOf, type MediaBench, plain, startMedia, waitForEnd } from './support/media.ts';

const sources = fileURLToPath(new URL('../src/media', import.meta.url));
const facts = { kind: 'picture', width: 60, height: 40 };

/** A bench whose process runs, and a picture. */
async function running(options?: Parameters<typeof startMedia>[0]) {
  const bench = await startMedia(options);
  const path = await bench.write('a', plain(60, 40, 'red').png());
  const look = () => bench.media.look(path, 'image/png');
  expect(await look()).toMatchObject(facts);
  const pid = lastPid(bench);
  return { ...bench, path, look, pid };
}

function lastPid({ pids }: MediaBench): number {
  return pids().at(-1)!;
}

function warnings({ lines }: MediaBench): string[] {
  return lines.filter(({ level }) => level > 30).map(({ msg }) => msg);
}

/** The processes that look at media for this test. */
function processes(): string[] {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('media-child.ts') && Number.parseInt(line, 10) === process.pid);
}

it('Many pictures at once are all looked at, by one process', async () => {
  const { look, pids } = await running();
  const all = await Promise.all(Array.from({ length: 40 }, look));
  for (const one of all) expect(one).toMatchObject(facts);
  expect(pids()).toHaveLength(1);
  expect(processes()).toHaveLength(1);
});

it('A job that hangs is cut off, leaves no file, and the next one gets a new process', async () => {
  const bench = await running({ jobMs: 2000 });
  const { media, folder, path, look, pid } = bench;
  process.kill(pid, 'SIGSTOP');
  const to = join(folder, 'small');
  const hung = media.shrink(path, 'image/png', 120, to);
  const next = look();
  expect(await hung).toBe(false);
  expect(existsSync(to)).toBe(false);
  expect(await next).toMatchObject(facts);
  expect(lastPid(bench)).not.toBe(pid);
  expect(groupOf(pid)).toEqual([]);
  expect(warnings(bench)).toEqual(['a file ended the process that looks at media']);
});

it('A process that dies takes the one job with it that it had', async () => {
  const bench = await running();
  process.kill(bench.pid, 'SIGSTOP');
  const jobs = [bench.look(), bench.look(), bench.look()];
  await setImmediate();
  process.kill(bench.pid, 'SIGKILL');
  const [first, ...others] = await Promise.all(jobs);
  expect(first).toBeUndefined();
  for (const other of others) expect(other).toMatchObject(facts);
  expect(bench.pids()).toHaveLength(2);
});

it('A process that died while it had nothing to do costs nothing', async () => {
  const { look, pid } = await running();
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 10_000 });
  expect(await look()).toMatchObject(facts);
});

it('As many jobs wait as are allowed to; for more nothing is made, at once', async () => {
  const bench = await running({ waiting: 4 });
  const { look, pid } = bench;
  process.kill(pid, 'SIGSTOP');
  const first = look();
  await setImmediate();
  const waiting = [first, ...Array.from({ length: 4 }, look)];
  expect(await Promise.all(Array.from({ length: 20 }, look))).toEqual(Array(20).fill(undefined));
  process.kill(pid, 'SIGCONT');
  for (const one of await Promise.all(waiting)) expect(one).toMatchObject(facts);
  expect(warnings(bench)).toEqual(['more small pictures are wanted than can be made: some are not']);
});

it('Looking at new files goes before making small pictures', async () => {
  const { media, folder, path, look, pid } = await running();
  const order: string[] = [];
  process.kill(pid, 'SIGSTOP');
  const jobs = [look().then(() => order.push('first'))];
  await setImmediate();
  jobs.push(media.shrink(path, 'image/png', 120, join(folder, 'small')).then(() => order.push('small')));
  jobs.push(
    look().then(() => order.push('second')),
    look().then(() => order.push('third')),
  );
  process.kill(pid, 'SIGCONT');
  await Promise.all(jobs);
  expect(order).toEqual(['first', 'second', 'third', 'small']);
});

it('A job that waited too long is given up', async () => {
  const { look, pid } = await running({ waitMs: 50 });
  process.kill(pid, 'SIGSTOP');
  const first = look();
  const second = look();
  await setTimeout(100);
  process.kill(pid, 'SIGCONT');
  expect(await first).toMatchObject(facts);
  expect(await second).toBeUndefined();
});

it('Closing ends the process, whatever it does, and from then on nothing is made', async () => {
  const { media, look, pid, pids } = await running();
  process.kill(pid, 'SIGSTOP');
  const jobs = [look(), look()];
  await setImmediate();
  await media.close();
  expect(groupOf(pid)).toEqual([]);
  expect(await Promise.all([...jobs, look()])).toEqual([undefined, undefined, undefined]);
  expect(pids()).toHaveLength(1);
});

it('Closing while the process starts leaves none', async () => {
  const { media, write } = await startMedia();
  const job = media.look(await write('a', plain(9, 9, 'red').png()), 'image/png');
  await setImmediate();
  await media.close();
  expect(await job).toBeUndefined();
  expect(processes()).toEqual([]);
});

it('With nothing to do the process ends by itself, and comes back', async () => {
  const { look, pid } = await running({ idleMs: 50 });
  await waitForEnd(pid);
  expect(await look()).toMatchObject(facts);
});

it('When the server is killed the process goes too', async () => {
  const { path } = await running();
  const script = `
    const { createMedia } = await import(${JSON.stringify(pathToFileURL(join(sources, 'create-media.ts')))});
    const media = createMedia({ log: { debug: ({ pid }) => console.log(pid), info() {}, warn() {} } });
    await media.look(${JSON.stringify(path)}, 'image/png');
    setInterval(() => {}, 1000);`;
  const server = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(groupOf(pid)).toHaveLength(1);
  server.kill('SIGKILL');
  await waitForEnd(pid);
});

it('The process knows nothing of the environment, and keeps nothing alive that wants to end', async () => {
  vi.stubEnv('FLOOIM_SECRET', 'not-for-others');
  const { path, pid } = await running();
  vi.unstubAllEnvs();
  const known = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').map((pair) => pair.split('=')[0]);
  expect(known).toEqual(['MALLOC_ARENA_MAX', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', '']);
  const script = `
    const { createMedia } = await import(${JSON.stringify(pathToFileURL(join(sources, 'create-media.ts')))});
    const media = createMedia({ log: { debug() {}, info() {}, warn() {} } });
    const facts = await media.look(${JSON.stringify(path)}, 'image/png');
    process.exitCode = facts.width;`;
  const ended = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
  expect(await once(ended, 'exit')).toEqual([60, null]);
});

it.runIf(existsSync('/usr/bin/prlimit'))('The process is held to its memory', async () => {
  const { pid } = await running();
  const held = await readFile(`/proc/${pid}/limits`, 'utf8');
  expect(held).toMatch(new RegExp(`Max data size +${mediaLimits.dataMib * 1024 * 1024} `));
});

it('Without sharp nothing is made, which is said once', async () => {
  const bench = await startMedia();
  const installed = join(bench.folder, 'installed');
  await cp(sources, join(installed, 'media'), { recursive: true });
  await mkdir(join(installed, 'node_modules'));
  const thumbhash = dirname(createRequire(import.meta.url).resolve('thumbhash'));
  await symlink(thumbhash, join(installed, 'node_modules/thumbhash'));
  const bare = await startMedia({ entry: pathToFileURL(join(installed, 'media/media-child.ts')) });
  const path = await bench.write('a', plain(60, 40, 'red').png());
  const to = join(bench.folder, 'small');
  const jobs = [bare.media.look(path, 'image/png'), bare.media.look(path, 'image/png')];
  expect(await Promise.all(jobs)).toEqual([undefined, undefined]);
  expect(await bare.media.shrink(path, 'image/png', 120, to)).toBe(false);
  expect(existsSync(to)).toBe(false);
  expect(warnings(bare)).toEqual(['no small pictures: sharp is not installed, or not for this machine']);
  expect(processes()).toEqual([]);
});

it('A process that cannot start makes nothing', async () => {
  const bench = await startMedia({ entry: new URL('file:///nowhere/media-child.ts') });
  const path = await bench.write('a', plain(60, 40, 'red').png());
  expect(await bench.media.look(path, 'image/png')).toBeUndefined();
  expect(warnings(bench)).toEqual(['the process that looks at media did not start']);
});
