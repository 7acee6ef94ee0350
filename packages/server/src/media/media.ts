/** What there is to know of a picture or a video before it is opened. */
export interface MediaFacts {
  kind: 'picture' | 'video';
  /** As it is shown, in pixels. */
  width: number;
  height: number;
  /** Seconds; 0 for pictures, and for videos that do not say. */
  duration: number;
  /** A ThumbHash in base64. */
  placeholder: string;
}

/** The sides of the boxes that thumbnails are made for, in pixels; a wanted box gets the next larger one. */
export const thumbnailSides = [120, 240, 480, 960] as const;
export type ThumbnailSide = (typeof thumbnailSides)[number];
export const usualThumbnail: ThumbnailSide = 480;

/**
 * Looks at pictures and videos that strangers sent, outside the server's process: one that kills its reader, or keeps it
 * busy, costs a small picture and nothing else. Where the machine has no means for it, nothing can be made; nor while more is
 * asked for than it can do. Answers come within some 20 seconds.
 */
export interface Media {
  /** `type`: by content. Undefined for what is no picture or video, or cannot be read. */
  look(path: string, type: string): Promise<MediaFacts | undefined>;
  /** Writes a WebP of at most `side` pixels each way to `to`; of a video one of its first frames. False where none can be made; then there is no file. */
  shrink(path: string, type: string, side: ThumbnailSide, to: string): Promise<boolean>;
  close(): Promise<void>;
}
