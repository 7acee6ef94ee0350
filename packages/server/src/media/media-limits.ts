/** What a look at a stranger's picture or video may cost at most, each with its unit. */
export const mediaLimits = {
  /** Pixels of a picture, width by height: 8192 x 8192, more than most telephones make. */
  picturePixels: 8192 * 8192,
  /** The same of AVIF and HEIF, which is decoded whole: some 20 bytes a pixel. */
  heifPixels: 8192 * 4096,
  /** Pixels of a video's frame: 8K. */
  videoPixels: 7680 * 4320,
  /** Each way, of anything. */
  sidePixels: 65_535,
  /** A video that says it is longer does not say the truth. */
  durationSec: 366 * 24 * 3600,
  /** How long one job may run; then its process is ended, and the next job gets a new one. */
  jobMs: 10_000,
  /** Inside of a job: how long one picture may be worked on, in whole seconds. */
  pictureSec: 8,
  /** Inside of a job: how long ffprobe and ffmpeg may run, together. */
  programsMs: 8000,
  /** From the start of the process to its first word. */
  startMs: 15_000,
  /** A job that could not begin for this long is given up, so whoever asked is not kept much longer than this and `jobMs`. */
  waitMs: 10_000,
  /** Jobs that wait; for more, nothing is made. */
  waiting: 256,
  /** The process ends when it had nothing to do for this long. */
  idleMs: 60_000,
  /** The process's JavaScript heap, in MiB; pixels are outside of it. */
  heapMib: 64,
  /**
   * Writable memory of the process, and of each program that it starts, in MiB, where the machine can hold them to that.
   * Node asks for 600 MiB of it that it never touches.
   */
  dataMib: 1280,
  /** The largest single allocation of ffmpeg, in bytes. */
  allocationBytes: 256 * 1024 * 1024,
  /** What ffprobe may print, in bytes. */
  probeBytes: 64 * 1024,
  /** The box in which a placeholder is computed, in pixels: ThumbHash takes no more. */
  placeholderSide: 100,
  /** A placeholder in base64: ThumbHash has at most 25 bytes. */
  placeholderChars: 36,
} as const;
