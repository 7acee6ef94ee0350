import { png } from '../png.ts';

/** Red, green, blue; 0 to 255. */
export type Colour = readonly [number, number, number];

/** The colour of a point; `x` and `y` in pixels, from the top left. */
type Painting = (x: number, y: number) => Colour;

export const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

export const clamp = (value: number): number => Math.min(1, Math.max(0, value));

export function hex(text: string): Colour {
  const value = Number.parseInt(text, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Rows are written as what differs from the row above: gradients then need next to nothing. */
export function paint(width: number, height: number, painting: Painting): Buffer<ArrayBuffer> {
  const above = 2;
  const stride = width * 3;
  const rows = Buffer.alloc(height * (stride + 1));
  const [now, before] = [new Uint8Array(stride), new Uint8Array(stride)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) now.set(painting(x, y).map(Math.round), x * 3);
    const at = y * (stride + 1);
    rows[at] = above;
    for (let i = 0; i < stride; i++) rows[at + 1 + i] = (now[i] as number) - (before[i] as number);
    before.set(now);
  }
  return png(width, height, rows, 9);
}

export interface Scenery {
  /** The sky from the top to the horizon, the farthest and the nearest ridge, the sun; as rrggbb. */
  colours: readonly [sky: string, horizon: string, far: string, near: string, sun: string];
  /** Where the sun is, 0 to 1 from the left and from the top. */
  sun: readonly [number, number];
  /** Changes the hills. */
  seed: number;
  /** The lower part is a lake. */
  lake?: boolean;
}

const ridges = 5;

/** The height of each ridge's line at each column, in pixels from the top. */
function ridgeLines(width: number, height: number, seed: number, lowest: number): Float64Array[] {
  return Array.from({ length: ridges }, (_, ridge) => {
    const base = height * (0.42 + ((lowest - 0.42) * (ridge + 0.6)) / ridges);
    const roughness = height * (0.09 - 0.009 * ridge);
    return Float64Array.from({ length: width }, (_, x) => {
      const u = (x / width) * (3 + ridge * 1.7) + seed * 5.3 + ridge * 11.1;
      return base - roughness * (Math.sin(u) + 0.45 * Math.sin(u * 2.3 + 1.7) + 0.16 * Math.sin(u * 6.1 + ridge));
    });
  });
}

/** A picture of hills under the sun, some ten kilobytes large. */
export function landscape(
  width: number,
  height: number,
  { colours, sun, seed, lake = false }: Scenery,
): Buffer<ArrayBuffer> {
  const [sky, horizon, far, near, light] = colours.map(hex) as [Colour, Colour, Colour, Colour, Colour];
  const shore = lake ? Math.round(height * 0.7) : height;
  const lines = ridgeLines(width, height, seed, lake ? 0.7 : 0.95);
  const [sunX, sunY, radius] = [sun[0] * width, sun[1] * height, height * 0.055];
  const land: Painting = (x, y) => {
    const ridge = lines.findLastIndex((line) => y >= (line[x] as number));
    const away = Math.hypot(x - sunX, y - sunY);
    const glow = Math.exp(-away / (height * 0.22));
    if (ridge >= 0) {
      const depth = clamp((y - (lines[ridge]?.[x] as number)) / (height * 0.35));
      const hill = mix(far, near, ridge / (ridges - 1));
      return mix(mix(hill, light, glow * 0.25), horizon, depth * (0.28 - ridge * 0.05));
    }
    const air = mix(mix(sky, horizon, clamp(y / (height * 0.6)) ** 0.8), light, glow * 0.7);
    return mix(air, light, clamp(radius - away + 0.5));
  };
  return paint(width, height, (x, y) => {
    if (y < shore) return land(x, y);
    const ripple = Math.round(Math.sin(y * 0.9 + Math.sin(x * 0.02) * 2) * (y - shore) * 0.02);
    const mirrored = land(Math.min(width - 1, Math.max(0, x + ripple)), Math.max(0, 2 * shore - y - 1));
    return mix(mix(mirrored, sky, 0.25), near, 0.12);
  });
}

export type Motif = 'moon' | 'hills' | 'rings' | 'waves';

const motifs: Record<Motif, (u: number, v: number) => number> = {
  moon: (u, v) => Math.max(Math.hypot(u - 0.5, v - 0.5) - 0.27, 0.24 - Math.hypot(u - 0.62, v - 0.42)),
  hills: (u, v) => Math.min(0.52 + Math.abs(u - 0.36) * 1.1, 0.42 + Math.abs(u - 0.66) * 1.2) - v,
  rings: (u, v) => Math.abs(Math.abs(Math.hypot(u - 0.5, v - 0.5) - 0.2) - 0.09) - 0.035,
  waves: (u, v) => Math.abs(((v - 0.2 + 0.05 * Math.sin(u * 9)) % 0.2) - 0.1) - 0.04,
};

/** A square picture for a person or a group, from two colours. */
export function avatar(motif: Motif, from: string, to: string, size = 256): Buffer<ArrayBuffer> {
  const [first, last, white] = [hex(from), hex(to), [255, 255, 255] as const];
  return paint(size, size, (x, y) => {
    const [u, v] = [x / size, y / size];
    const ground = mix(first, last, clamp((u * 0.6 + v * 1.4) / 2));
    return mix(ground, white, 0.82 * clamp(0.5 - motifs[motif](u, v) * size * 0.7));
  });
}
