import type { Sharp, SharpInput, SharpOptions } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { ThumbnailSide } from './media.ts';
import type { PictureLoader } from './media-format.ts';
import { mediaLimits } from './media-limits.ts';

type SharpModule = typeof import('sharp').default;

/** Pixels without a format, three bytes each. */
export interface Frame {
  pixels: Buffer;
  width: number;
  height: number;
}

/** Who asks for something else than these gets nothing, whatever the bytes are: no SVG, no PDF, no TIFF, no foreign programs. */
const allowed = [
  'VipsForeignLoadJpegFile',
  'VipsForeignLoadPngFile',
  'VipsForeignLoadWebpFile',
  'VipsForeignLoadNsgifFile',
  'VipsForeignLoadHeifFile',
];

const reading: SharpOptions = {
  limitInputPixels: mediaLimits.picturePixels,
  // What is cut off or damaged is refused; oddities that many cameras write are not.
  failOn: 'error',
  sequentialRead: true,
  page: 0,
  pages: 1,
};

/** Undefined where the machine has no sharp: it is optional. */
export async function loadPictures(): Promise<Pictures | undefined> {
  try {
    const { default: sharp } = await import('sharp');
    return new Pictures(sharp);
  } catch {
    return undefined;
  }
}

/** Reads pictures that may be anything. Throws for what it cannot read. */
export class Pictures {
  readonly #sharp: SharpModule;

  constructor(sharp: SharpModule) {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: allowed });
    sharp.cache(false);
    sharp.concurrency(1);
    this.#sharp = sharp;
  }

  /** Width and height as it is shown, which the header tells. */
  async size(path: string, loader: PictureLoader): Promise<{ width: number; height: number }> {
    const { format, autoOrient } = await this.#open(path, reading).metadata();
    if (format !== loader) throw new Error(`the picture is no ${loader}`);
    const isTooLarge = loader === 'heif' && autoOrient.width * autoOrient.height > mediaLimits.heifPixels;
    if (isTooLarge) throw new Error('the picture is too large');
    return { width: autoOrient.width, height: autoOrient.height };
  }

  placeholder(path: string): Promise<string> {
    return placeholderOf(this.#open(path, reading).autoOrient());
  }

  framePlaceholder(frame: Frame): Promise<string> {
    return placeholderOf(this.#frame(frame));
  }

  async shrink(path: string, loader: PictureLoader, side: ThumbnailSide, to: string): Promise<void> {
    await this.size(path, loader);
    await writeWebp(this.#open(path, reading).autoOrient(), side, to);
  }

  shrinkFrame(frame: Frame, side: ThumbnailSide, to: string): Promise<void> {
    return writeWebp(this.#frame(frame), side, to);
  }

  #frame({ pixels, width, height }: Frame): Sharp {
    return this.#open(pixels, { raw: { width, height, channels: 3 } });
  }

  #open(input: SharpInput, options: SharpOptions): Sharp {
    return this.#sharp(input, options).timeout({ seconds: mediaLimits.pictureSec });
  }
}

async function placeholderOf(picture: Sharp): Promise<string> {
  const small = fit(picture, mediaLimits.placeholderSide).toColourspace('srgb').ensureAlpha();
  const { data, info } = await small.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}

/** What sharp is not told to keep it leaves out: where the picture was taken, by whom, with what. */
async function writeWebp(picture: Sharp, side: ThumbnailSide, to: string): Promise<void> {
  await fit(picture, side).webp({ quality: 80 }).toFile(to);
}

function fit(picture: Sharp, side: number): Sharp {
  return picture.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
}
