import { CropperCanvas, CropperHandle, CropperImage } from 'cropperjs';
import { type Crop, cropOfMatrix, type Matrix, matrixOfCrop, type Picture } from './crop.ts';
import { avatarPixels } from './picture-file.ts';

interface TransformDetail {
  matrix: Matrix;
}

for (const element of [CropperCanvas, CropperImage, CropperHandle]) element.$define();

/**
 * The square on which a picture is moved and scaled by pointer, fingers and wheel. It shows nothing by itself: what a gesture
 * asks for goes to `onGesture`, and whoever holds the crop calls `show`.
 */
export class CropStage {
  readonly #canvas = new CropperCanvas();
  readonly #image = new CropperImage();
  readonly #onGesture: (asked: Crop) => void;
  #picture: Picture = { width: 0, height: 0 };
  #showing = false;

  constructor(parent: HTMLElement, onGesture: (asked: Crop) => void) {
    this.#onGesture = onGesture;
    const handle = new CropperHandle();
    handle.action = 'move';
    handle.plain = true;
    this.#image.translatable = true;
    this.#image.scalable = true;
    this.#image.addEventListener('transform', (event) => this.#gesture(event as CustomEvent<TransformDetail>));
    this.#canvas.append(this.#image, handle);
    parent.append(this.#canvas);
  }

  /** Resolves with the picture's size; rejects if the browser cannot decode it. */
  async load(url: string): Promise<Picture> {
    this.#image.src = url;
    const image = await this.#image.$ready();
    await image.decode();
    this.#picture = { width: image.naturalWidth, height: image.naturalHeight };
    return this.#picture;
  }

  get #side(): number {
    return this.#canvas.clientWidth;
  }

  #gesture(event: CustomEvent<TransformDetail>): void {
    if (this.#showing) return;
    event.preventDefault();
    if (this.#picture.width === 0) return;
    this.#onGesture(cropOfMatrix(this.#picture, this.#side, event.detail.matrix));
  }

  show(crop: Crop): void {
    this.#showing = true;
    this.#image.$setTransform([...matrixOfCrop(this.#picture, this.#side, crop)]);
    this.#showing = false;
  }

  /** What the stage shows, without the transparency that not every format has. */
  render(): Promise<HTMLCanvasElement> {
    return this.#canvas.$toCanvas({
      width: avatarPixels,
      height: avatarPixels,
      beforeDraw(context, { width, height }) {
        context.imageSmoothingQuality = 'high';
        context.fillStyle = '#fff';
        context.fillRect(0, 0, width, height);
      },
    });
  }

  /** The picture itself, to be drawn elsewhere. */
  get source(): HTMLImageElement {
    return this.#image.$image;
  }
}
