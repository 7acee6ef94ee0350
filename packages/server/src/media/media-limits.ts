/** What a look at a stranger's picture or video may cost at most, each with its unit. */
export const mediaLimits = {
  /** Pixels of a picture, width by height: 8192 x 8192, more than the sensors of most telephones have. */
  picturePixels: 8192 * 8192,
  /** Pixels of a video's frame: 8K. */
  videoPixels: 7680 * 4320,
  /** How long one job may run; then its process is ended, and the next job gets a new one. */
  jobMs: 10_000,
  /** Inside of a job: one call of ffmpeg or ffprobe. Both together stay below `jobMs`, so that their process lives on. */
  programMs: 4_500,
  /** Inside of a job: how long one picture may be worked on, in whole seconds. */
  pictureSec: 8,
  /** From the start of the process to its first word. */
  startMs: 15_000,
  /** A job that could not begin for this long is given up: who asked is answered within this and `jobMs`. */
  waitMs: 10_000,
  /** Jobs that may wait; more are answered at once that nothing can be made. */
  waiting: 256,
  /** The process ends when it had nothing to do for this long. */
  idleMs: 60_000,
  /** The process's JavaScript heap, in MiB; pixels are outside of it. */
  heapMib: 64,
  /**
   * All writable memory of the process, and of each program that it starts, in MiB, where the machine can hold it to that.
   * Node asks for some 600 MiB of it that it does not touch.
   */
  dataMib: 1536,
  /** The largest single allocation of ffmpeg, in bytes: a frame of `videoPixels` with 8 bytes for each pixel. */
  allocationBytes: 7680 * 4320 * 8,
  /** What ffprobe may print, in bytes. */
  probeBytes: 64 * 1024,
  /** The box in which the placeholder is computed, in pixels: ThumbHash takes no more. */
  placeholderSide: 100,
} as const;
