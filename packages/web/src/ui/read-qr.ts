/** Larger pictures are read smaller: a code that needs more than this cannot be told from noise. */
const mostPixels = 1600;

/** Ms for one picture: a frame of the camera is followed by the next, a file has nothing better to come. */
const patienceMs = { frame: 30, file: 500 };

type Source = HTMLVideoElement | ImageBitmap;

function sizeOf(source: Source): { width: number; height: number } {
  if (source instanceof HTMLVideoElement) return { width: source.videoWidth, height: source.videoHeight };
  return source;
}

let canvas: HTMLCanvasElement | undefined;

function pixelsOf(source: Source, most: number): ImageData | null {
  const { width, height } = sizeOf(source);
  if (width === 0 || height === 0) return null;
  const scale = Math.min(1, most / Math.max(width, height));
  canvas ??= document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  // Behind transparent pictures.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** The text of the code in a picture, null where there is none that can be read. */
export async function readQr(source: Source, kind: keyof typeof patienceMs): Promise<string | null> {
  const { decodeQR } = await import('qr/decode.js');
  // Small codes want the whole picture, noisy photos a smaller one.
  for (const most of kind === 'frame' ? [800] : [mostPixels, 800, 400]) {
    const pixels = pixelsOf(source, most);
    if (!pixels) return null;
    try {
      return decodeQR(pixels, { timeLimit: patienceMs[kind] });
    } catch {
      // No code in it, or none that can be read at this size.
    }
  }
  return null;
}

/** Throws where the browser cannot show the file as a picture. */
export async function readQrFile(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file);
  try {
    return await readQr(picture, 'file');
  } finally {
    picture.close();
  }
}
