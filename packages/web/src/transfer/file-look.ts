import { rgbaToThumbHash } from 'thumbhash';
import { toBase64 } from '../message/base64.ts';

/** What this browser can tell of a picture or a video before anybody has seen it. */
export interface FileLook {
  /** An object URL of a picture: the file itself, or one of a video's first frames. */
  url: string;
  /** As it is shown, in pixels. */
  width: number;
  height: number;
  /** Of a video. */
  seconds?: number;
  /** A ThumbHash in base64. */
  placeholder?: string;
}

/** The largest side that a ThumbHash is made of. */
const hashedPx = 96;
const posterPx = 960;
const patienceMs = 8000;

type Drawable = ImageBitmap | HTMLVideoElement;

function draw(source: Drawable, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(source, 0, 0, width, height);
  return canvas;
}

/** The size that fits into a square, at least one pixel each way and never larger than it was. */
function fit(width: number, height: number, side: number): [number, number] {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

function hash(source: Drawable, width: number, height: number): string | undefined {
  const [w, h] = fit(width, height, hashedPx);
  const pixels = draw(source, w, h).getContext('2d')?.getImageData(0, 0, w, h).data;
  return pixels && toBase64(rgbaToThumbHash(w, h, pixels));
}

/** Decoded small and beside the main thread: a photo of a camera would stop the page for a moment. */
async function hashPicture(file: Blob, width: number, height: number): Promise<string | undefined> {
  const [resizeWidth, resizeHeight] = fit(width, height, hashedPx);
  try {
    const small = await createImageBitmap(file, { resizeWidth, resizeHeight, resizeQuality: 'medium' });
    const made = hash(small, small.width, small.height);
    small.close();
    return made;
  } catch {
    return undefined;
  }
}

function happens(target: EventTarget, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}`)), patienceMs);
    const settle = (done: () => void) => () => {
      clearTimeout(timer);
      done();
    };
    target.addEventListener(event, settle(resolve), { once: true });
    target.addEventListener(
      'error',
      settle(() => reject(new Error('unreadable'))),
      { once: true },
    );
  });
}

/** Rejects for what this browser cannot show. */
export async function lookAtPicture(file: Blob): Promise<FileLook> {
  const url = URL.createObjectURL(file);
  try {
    const picture = new Image();
    const loaded = happens(picture, 'load');
    picture.src = url;
    await loaded;
    const { naturalWidth: width, naturalHeight: height } = picture;
    return { url, width, height, placeholder: await hashPicture(file, width, height) };
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
}

async function poster(video: HTMLVideoElement): Promise<string> {
  const [width, height] = fit(video.videoWidth, video.videoHeight, posterPx);
  const canvas = draw(video, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.8));
  return blob ? URL.createObjectURL(blob) : '';
}

/** Films often begin in black. */
function posterSecond(seconds: number): number {
  return Number.isFinite(seconds) ? Math.min(1, seconds / 3) : 0;
}

/** Rejects for what this browser cannot play; it may be a video none the less. */
export async function lookAtVideo(file: Blob): Promise<FileLook> {
  const source = URL.createObjectURL(file);
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  try {
    const known = happens(video, 'loadeddata');
    video.src = source;
    await known;
    const moved = happens(video, 'seeked');
    video.currentTime = posterSecond(video.duration);
    await moved;
    const { videoWidth: width, videoHeight: height, duration } = video;
    const seconds = Number.isFinite(duration) ? duration : undefined;
    return { url: await poster(video), width, height, seconds, placeholder: hash(video, width, height) };
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(source);
  }
}
