/** A picture's size, in its own pixels. */
export interface Picture {
  width: number;
  height: number;
}

/** The square that is cut out of a picture, in the picture's pixels. */
export interface Crop {
  x: number;
  y: number;
  size: number;
}

/** As CSS has it: a uniform scale about the picture's centre, then a move. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Closer than this only shows squares. */
const fewestPixels = 128;
const zoomRange = { least: 3, most: 10 };

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
const shorterSide = ({ width, height }: Picture): number => Math.min(width, height);

/** How far one can zoom in; 1 shows as much of the picture as a square can. */
export function mostZoom(picture: Picture): number {
  return within(shorterSide(picture) / fewestPixels, zoomRange.least, zoomRange.most);
}

export function zoomOf(picture: Picture, crop: Crop): number {
  return shorterSide(picture) / crop.size;
}

/** The nearest square that lies in the picture, about the same centre where its size has to change. */
export function clampCrop(picture: Picture, crop: Crop): Crop {
  const side = shorterSide(picture);
  const size = within(crop.size, side / mostZoom(picture), side);
  const grown = (size - crop.size) / 2;
  return {
    x: within(crop.x - grown, 0, picture.width - size),
    y: within(crop.y - grown, 0, picture.height - size),
    size,
  };
}

/** As much as a square can show, from the middle. */
export function widestCrop(picture: Picture): Crop {
  const size = shorterSide(picture);
  return { x: (picture.width - size) / 2, y: (picture.height - size) / 2, size };
}

export function zoomCrop(picture: Picture, crop: Crop, zoom: number): Crop {
  const size = shorterSide(picture) / zoom;
  const shrunk = (crop.size - size) / 2;
  return clampCrop(picture, { x: crop.x + shrunk, y: crop.y + shrunk, size });
}

/** Moves by parts of the square's own side: the same way on the screen, however close. */
export function moveCrop(picture: Picture, crop: Crop, right: number, down: number): Crop {
  return clampCrop(picture, { ...crop, x: crop.x + right * crop.size, y: crop.y + down * crop.size });
}

/** What a stage `side` pixels wide shows of a picture under this transformation. */
export function cropOfMatrix(picture: Picture, side: number, [scale, , , , e, f]: Matrix): Crop {
  const hidden = (length: number, moved: number): number => (length - length / scale) / 2 - moved / scale;
  return { x: hidden(picture.width, e), y: hidden(picture.height, f), size: side / scale };
}

/** The transformation that shows the square on the whole of a stage `side` pixels wide. */
export function matrixOfCrop(picture: Picture, side: number, { x, y, size }: Crop): Matrix {
  const scale = side / size;
  const moved = (length: number, start: number): number => ((scale - 1) * length) / 2 - start * scale;
  return [scale, 0, 0, scale, moved(picture.width, x), moved(picture.height, y)];
}
