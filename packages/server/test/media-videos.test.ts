import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { thumbHashToAverageRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { colorAt, startMedia, waitForEnd } from './support/media.ts';

const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((program) => spawnSync(program, ['-version']).status === 0);
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'];
/** Red on the left, blue on the right. */
const redAndBlue =
  'color=red:size=120x160:rate=10:duration=3[a];color=blue:size=120x160:rate=10:duration=3[b];[a][b]hstack';

async function record(path: string, args: readonly string[], source = redAndBlue): Promise<string> {
  const from = ['-y', '-v', 'error', '-f', 'lavfi', '-i', source];
  await promisify(execFile)('ffmpeg', [...from, ...args, path]);
  return path;
}

/** Says in an MP4 that it is to be shown turned by 90 degrees clockwise, as telephones do. */
async function turn(path: string): Promise<void> {
  const bytes = await readFile(path);
  const matrixAt = bytes.indexOf('tkhd') + 44;
  const turned = [0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30];
  for (const [i, value] of turned.entries()) bytes.writeInt32BE(value, matrixAt + i * 4);
  await writeFile(path, bytes);
}

describe.runIf(hasFfmpeg)('Of a video', () => {
  it.each([
    ['video/mp4', 'a.mp4', h264],
    ['video/quicktime', 'a.mov', h264],
    ['video/webm', 'a.webm', vp8],
    ['video/matroska', 'a.mkv', h264],
  ])('%s, size, length and placeholder are told, and a small picture is made', async (type, name, codec) => {
    const { media, folder } = await startMedia();
    const path = await record(join(folder, name), codec);
    const facts = await media.look(path, type);
    expect(facts).toMatchObject({ kind: 'video', width: 240, height: 160, duration: 3 });
    const { r, g, b } = thumbHashToAverageRGBA(Buffer.from(facts!.placeholder, 'base64'));
    expect(Math.min(r, b) - g).toBeGreaterThan(0.2);
    const to = join(folder, 'small');
    expect(await media.shrink(path, type, 120, to)).toBe(true);
    expect(await sharp(to).metadata()).toMatchObject({ format: 'webp', width: 120, height: 80 });
    expect([await colorAt(to, 5, 40), await colorAt(to, 115, 40)]).toEqual(['red', 'blue']);
    expect(await media.shrink(path, type, 480, to)).toBe(true);
    expect(await sharp(to).metadata()).toMatchObject({ width: 240, height: 160 });
  });

  it('that is to be shown turned, all is turned', async () => {
    const { media, folder } = await startMedia();
    const path = await record(join(folder, 'a.mp4'), h264);
    await turn(path);
    expect(await media.look(path, 'video/mp4')).toMatchObject({ width: 160, height: 240 });
    const to = join(folder, 'small');
    await media.shrink(path, 'video/mp4', 120, to);
    expect(await sharp(to).metadata()).toMatchObject({ width: 80, height: 120 });
    expect([await colorAt(to, 40, 5), await colorAt(to, 40, 115)]).toEqual(['red', 'blue']);
  });

  it('whose pixels are not square, the picture has the shape that is seen', async () => {
    const { media, folder } = await startMedia();
    const path = await record(join(folder, 'a.mp4'), ['-vf', 'setsar=2', ...h264]);
    expect(await media.look(path, 'video/mp4')).toMatchObject({ width: 480, height: 160 });
    await media.shrink(path, 'video/mp4', 120, join(folder, 'small'));
    expect(await sharp(join(folder, 'small')).metadata()).toMatchObject({ width: 120, height: 40 });
  });

  it('with sound, and with sound that goes on after the pictures, there is a small one', async () => {
    const { media, folder } = await startMedia();
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=4', '-c:a', 'aac', ...h264];
    const path = await record(join(folder, 'a.mp4'), sound, 'color=red:size=64x64:rate=10:duration=0.5');
    const facts = await media.look(path, 'video/mp4');
    expect(facts).toMatchObject({ width: 64, height: 64 });
    expect(Math.round(facts!.duration)).toBe(4);
    expect(await media.shrink(path, 'video/mp4', 120, join(folder, 'small'))).toBe(true);
  });

  it('that begins with black, what comes then is shown', async () => {
    const { media, folder } = await startMedia();
    const source =
      'color=black:size=64x64:rate=10:duration=0.5[a];color=red:size=64x64:rate=10:duration=3[b];[a][b]concat';
    const path = await record(join(folder, 'a.mp4'), h264, source);
    await media.shrink(path, 'video/mp4', 120, join(folder, 'small'));
    expect(await colorAt(join(folder, 'small'), 32, 32)).toBe('red');
  });

  it.each([
    ['of a codec that nobody sends', 'a.mkv', 'video/matroska', ['-c:v', 'ffv1'], redAndBlue],
    ['of pictures in another format', 'a.mov', 'video/quicktime', ['-c:v', 'png'], redAndBlue],
    ['too large', 'a.mp4', 'video/mp4', h264, 'color=red:size=8192x4352:rate=1:duration=1'],
    ['sound alone', 'a.mp4', 'video/mp4', ['-c:a', 'aac'], 'sine=duration=1'],
    ['another kind than it is said to be', 'a.mp4', 'video/webm', h264, redAndBlue],
  ])('that is %s, nothing is made', async (_, name, type, codec, source) => {
    const { media, folder, lines } = await startMedia();
    const path = await record(join(folder, name), codec, source);
    expect(await media.look(path, type)).toBeUndefined();
    expect(await media.shrink(path, type, 120, join(folder, 'small'))).toBe(false);
    expect(existsSync(join(folder, 'small'))).toBe(false);
    expect(lines.map(({ level }) => level)).toEqual([20]);
  });

  it('that is none, or cut off, nothing is made', async () => {
    const { media, folder, write, lines } = await startMedia();
    const whole = await readFile(await record(join(folder, 'a.mp4'), h264));
    const paths = [
      await write('nothing', ''),
      await write('page', '<!doctype html><script>alert(1)</script>'),
      await write('cut', whole.subarray(0, whole.length * 0.6)),
      join(folder, 'absent'),
    ];
    for (const path of paths) expect([path, await media.look(path, 'video/mp4')]).toEqual([path, undefined]);
    expect(lines.map(({ level }) => level)).toEqual([20]);
  });

  it('no playlist under its name reads another file', async () => {
    const { media, folder, write } = await startMedia();
    await record(join(folder, 'secret.mp4'), h264);
    const lists = [
      '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nsecret.mp4\n#EXT-X-ENDLIST\n',
      "ffconcat version 1.0\nfile 'secret.mp4'\n",
    ];
    for (const list of lists) {
      const path = await write('list.mp4', list);
      for (const type of ['video/mp4', 'video/webm'])
        expect([list, await media.look(path, type)]).toEqual([list, undefined]);
    }
  });

  it('ffmpeg that hangs ends with its job, and leaves no process', async () => {
    const { media, folder, pids, write } = await startMedia({ jobMs: 2500, searchPath: await hungFfmpeg() });
    const path = await record(join(folder, 'a.mp4'), h264);
    expect(await media.look(path, 'video/mp4')).toBeUndefined();
    await waitForEnd(pids()[0]!);
    const picture = await write('a', sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } }).png());
    expect(await media.look(picture, 'image/png')).toMatchObject({ width: 9 });
  });
});

it('Without ffmpeg nothing is made of videos, which is said once, and no process is started', async () => {
  const { media, folder, write, lines, pids } = await startMedia({ searchPath: '/nowhere:.:' });
  const path = await write('a.mp4', 'a video');
  expect(await media.look(path, 'video/mp4')).toBeUndefined();
  expect(await media.shrink(path, 'video/mp4', 120, join(folder, 'small'))).toBe(false);
  expect(lines.map(({ msg }) => msg)).toEqual(['no small pictures of videos: ffmpeg and ffprobe were not found']);
  expect(pids()).toEqual([]);
});

/** A folder of programs whose ffmpeg never ends. */
async function hungFfmpeg(): Promise<string> {
  const { folder } = await startMedia();
  const { stdout } = await promisify(execFile)('which', ['ffprobe']);
  await symlink(stdout.trim(), join(folder, 'ffprobe'));
  await writeFile(join(folder, 'ffmpeg'), '#!/bin/sh\nsleep 600\n');
  await chmod(join(folder, 'ffmpeg'), 0o700);
  return folder;
}
