import { createRequire } from 'node:module';
import { type FileUser, ourFiles } from './file-places.ts';
import { childrenOf, peakOf } from './processes.ts';

/** How long the server takes over a picture of 12 megapixels, in milliseconds. */
export interface Pictures {
  /** With the start of the process that looks at it. */
  firstMs: number;
  finishMs: number;
  thumbnailMs: number;
  againMs: number;
  /** The same look, by sharp alone. */
  aloneMs: number;
  /** Of the process that looks at pictures. */
  peakBytes: number;
}

/** As much of sharp as is used here. */
interface Sharp {
  resize(size: { width: number; height: number; fit: 'inside' }): Sharp;
  jpeg(): Sharp;
  raw(): Sharp;
  toBuffer(): Promise<Buffer>;
}
type SharpModule = ((input: Buffer | { create: object }) => Sharp) & { concurrency(threads: number): void };

const [width, height] = [4000, 3000];
const placeholderSide = 100;

/** Undefined where the server has no sharp. */
export async function picturesOf(user: FileUser, serverPid: number): Promise<Pictures | undefined> {
  const sharp = loadSharp();
  if (!sharp) return undefined;
  sharp.concurrency(1);
  const picture = await draw(sharp);
  const place = ourFiles(user);
  let way = '';
  const upload = async () => {
    const arrived = await place.byForm(picture);
    if (arrived.width !== width) throw new Error(`the server found the picture ${arrived.width} pixels wide`);
    way = `${arrived.way}&image_type=2`;
  };
  const look = () => sharp(picture).resize({ width: placeholderSide, height: placeholderSide, fit: 'inside' });
  const firstMs = await timed(upload);
  const finishMs = await timed(upload);
  const thumbnailMs = await timed(() => place.fetch(way));
  const againMs = await timed(() => place.fetch(way));
  const aloneMs = await timed(() => look().raw().toBuffer());
  const [mediaPid = 0] = childrenOf(serverPid);
  return { firstMs, finishMs, thumbnailMs, againMs, aloneMs, peakBytes: peakOf(mediaPid) };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** The one that the server uses: here it is nobody's dependency. */
function loadSharp(): SharpModule | undefined {
  try {
    return createRequire(new URL('../packages/server/package.json', import.meta.url))('sharp') as SharpModule;
  } catch {
    return undefined;
  }
}

/** As large and as hard to read as a telephone's: a few megabytes. */
function draw(sharp: SharpModule): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 20 };
  return sharp({ create: { width, height, channels: 3, noise } })
    .jpeg()
    .toBuffer();
}
