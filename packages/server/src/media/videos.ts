import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { VideoDemuxer } from './media-format.ts';
import type { VideoPrograms } from './media-job.ts';
import { mediaLimits } from './media-limits.ts';
import type { Frame } from './pictures.ts';

interface Size {
  width: number;
  height: number;
}

/** A video as it is shown; `duration` in seconds, 0 where the file does not say. */
interface VideoFacts extends Size {
  duration: number;
}

/** What ffprobe shows, if the file has it. */
interface Probed {
  streams?: {
    width?: number;
    height?: number;
    sample_aspect_ratio?: string;
    duration?: string;
    tags?: { rotate?: string };
    side_data_list?: { rotation?: number }[];
  }[];
  format?: { duration?: string };
}

const run = promisify(execFile);

/** Many videos begin with black. */
const frameAtSec = 1;
const bytesPerPixel = 3;

/** Reads videos that may be anything. Throws for what it cannot read. */
export class Videos {
  readonly #programs: VideoPrograms;
  readonly #stop = AbortSignal.timeout(mediaLimits.programsMs);

  /** For one job: the programs' time runs from here. */
  constructor(programs: VideoPrograms) {
    this.#programs = programs;
  }

  async probe(path: string, demuxer: VideoDemuxer): Promise<VideoFacts> {
    const printed = await this.#run(this.#programs.ffprobe, probeArguments(path, demuxer), 0);
    return factsOf(JSON.parse(printed.toString()) as Probed);
  }

  /** A picture from near the beginning that fits into a box of `side` pixels. */
  async frame(path: string, demuxer: VideoDemuxer, facts: VideoFacts, side: number): Promise<Frame> {
    const size = inside(facts, side);
    const bytes = size.width * size.height * bytesPerPixel;
    // Sound may go on after the last frame.
    const starts = facts.duration > 2 * frameAtSec ? [frameAtSec, 0] : [0];
    for (const startSec of starts) {
      const pixels = await this.#run(this.#programs.ffmpeg, frameArguments(path, demuxer, startSec, size), bytes);
      if (pixels.length === bytes) return { pixels, ...size };
    }
    throw new Error('the video has no frame');
  }

  async #run(program: string, args: readonly string[], bytes: number): Promise<Buffer> {
    // What it complains of counts too.
    const limits = { maxBuffer: bytes + mediaLimits.probeBytes, signal: this.#stop, killSignal: 'SIGKILL' } as const;
    const { stdout } = await run(program, args, { ...limits, encoding: 'buffer', env: {}, windowsHide: true });
    return stdout;
  }
}

/** What browsers and telephones record. Others of ffmpeg's hundreds of decoders are nobody's to start. */
const decoders = 'h264,hevc,vp8,vp9,av1,libdav1d,libaom-av1,mpeg4,h263,mjpeg';
const shown =
  'stream=width,height,sample_aspect_ratio,duration:stream_side_data=rotation:stream_tags=rotate:format=duration';

function probeArguments(path: string, demuxer: VideoDemuxer): string[] {
  // It opens the decoders of all streams and gives up if it may not; a sound or a subtitle it does not decode.
  const how = ['-v', 'error', '-codec_whitelist:v', decoders, ...input(demuxer)];
  return [...how, '-select_streams', 'V:0', '-show_entries', shown, '-of', 'json', `file:${path}`];
}

function frameArguments(path: string, demuxer: VideoDemuxer, startSec: number, { width, height }: Size): string[] {
  const cpuSec = Math.ceil(mediaLimits.programsMs / 1000);
  const how = ['-nostdin', '-v', 'error', '-timelimit', `${cpuSec}`, '-codec_whitelist', decoders, ...input(demuxer)];
  const one = ['-map', '0:V:0', '-frames:v', '1', '-filter_threads', '1', '-vf', `scale=${width}:${height}`];
  const raw = ['-c:v', 'rawvideo', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'];
  return [...how, '-ss', `${startSec}`, '-i', `file:${path}`, ...one, ...raw];
}

/** The demuxer is ours to say: one that ffmpeg found itself could be a playlist, and read other files. */
function input(demuxer: VideoDemuxer): string[] {
  const { allocationBytes, videoPixels } = mediaLimits;
  const sizes = ['-max_alloc', `${allocationBytes}`, '-max_pixels', `${videoPixels}`];
  return [...sizes, '-threads', '1', '-protocol_whitelist', 'file', '-f', demuxer];
}

function factsOf({ streams = [], format }: Probed): VideoFacts {
  const [stream] = streams;
  const { width = 0, height = 0 } = stream ?? {};
  const isSane = width > 0 && height > 0 && width * height <= mediaLimits.videoPixels;
  if (!stream || !isSane) throw new Error('no video, or too large a one');
  const wide = Math.max(1, Math.round(width * pixelShape(stream.sample_aspect_ratio)));
  const rotation = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation;
  const isTurned = Math.abs(Number(rotation ?? stream.tags?.rotate ?? 0)) % 180 === 90;
  const duration = secondsOf(format?.duration) || secondsOf(stream.duration);
  return isTurned ? { width: height, height: wide, duration } : { width: wide, height, duration };
}

/** How much wider than high a pixel is. */
function pixelShape(ratio = ''): number {
  const [, wide = 1, high = 1] = /^(\d+):(\d+)$/.exec(ratio) ?? [];
  const shape = Number(wide) / Number(high);
  return shape >= 1 / 16 && shape <= 16 ? shape : 1;
}

function secondsOf(text: string | undefined): number {
  const value = Number(text);
  return value > 0 && value <= mediaLimits.durationSec ? value : 0;
}

function inside({ width, height }: VideoFacts, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
