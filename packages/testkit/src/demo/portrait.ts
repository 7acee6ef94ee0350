import { type Colour, clamp, hex, mix, paint } from './paint.ts';

export type Hair = 'short' | 'long' | 'bun' | 'curls' | 'bob' | 'bald';

/** Colours as rrggbb. */
export interface Portrait {
  ground: readonly [string, string];
  skin: string;
  hair: readonly [Hair, string];
  clothes: string;
  glasses?: true;
  beard?: true;
}

/** Negative inside, positive outside; all in shares of the picture's side. */
type Shape = (u: number, v: number) => number;

const ellipse =
  (x: number, y: number, width: number, height: number): Shape =>
  (u, v) =>
    (Math.hypot((u - x) / width, (v - y) / height) - 1) * Math.min(width, height);
const all =
  (...shapes: readonly Shape[]): Shape =>
  (u, v) =>
    Math.min(...shapes.map((shape) => shape(u, v)));
const without =
  (shape: Shape, cut: Shape): Shape =>
  (u, v) =>
    Math.max(shape(u, v), -cut(u, v));
const within =
  (shape: Shape, other: Shape): Shape =>
  (u, v) =>
    Math.max(shape(u, v), other(u, v));
const above =
  (line: number): Shape =>
  (_, v) =>
    v - line;
const both =
  (shape: Shape): Shape =>
  (u, v) =>
    shape(u < 0.5 ? u : 1 - u, v);

const head = ellipse(0.5, 0.44, 0.165, 0.2);
const neck = within(ellipse(0.5, 0.62, 0.075, 0.16), above(0.76));
const shoulders = ellipse(0.5, 1.06, 0.37, 0.34);
const collar = ellipse(0.5, 0.735, 0.1, 0.06);
const ears = both(ellipse(0.335, 0.455, 0.026, 0.04));
/** The hair line of a forehead, parted on one side. */
const face = ellipse(0.53, 0.5, 0.17, 0.185);
const fringe = without(ellipse(0.5, 0.405, 0.182, 0.2), ellipse(0.54, 0.53, 0.2, 0.2));

/** What is behind the head, and what is before it. */
const hairs: Record<Hair, readonly [behind: Shape, before: Shape]> = {
  short: [ellipse(0.5, 0.37, 0.178, 0.165), without(ellipse(0.5, 0.36, 0.178, 0.16), face)],
  long: [all(ellipse(0.5, 0.42, 0.21, 0.23), within(ellipse(0.5, 0.62, 0.225, 0.34), above(0.82))), fringe],
  bun: [
    all(ellipse(0.5, 0.17, 0.085, 0.08), ellipse(0.5, 0.38, 0.18, 0.18)),
    without(ellipse(0.5, 0.37, 0.178, 0.17), ellipse(0.5, 0.53, 0.19, 0.2)),
  ],
  curls: [
    all(
      ...Array.from({ length: 11 }, (_, i) => {
        const angle = Math.PI * (0.86 + (i / 10) * 1.28);
        return ellipse(0.5 + Math.cos(angle) * 0.185, 0.42 + Math.sin(angle) * 0.18, 0.075, 0.075);
      }),
    ),
    without(ellipse(0.5, 0.33, 0.16, 0.11), ellipse(0.5, 0.5, 0.2, 0.17)),
  ],
  bob: [
    within(ellipse(0.5, 0.45, 0.22, 0.25), above(0.63)),
    without(ellipse(0.5, 0.4, 0.19, 0.2), ellipse(0.5, 0.55, 0.22, 0.2)),
  ],
  bald: [() => 1, () => 1],
};

const eyes = both(ellipse(0.438, 0.455, 0.0155, 0.019));
const mouth = without(ellipse(0.5, 0.52, 0.06, 0.045), ellipse(0.5, 0.505, 0.075, 0.042));
const rims = both((u, v) => Math.abs(Math.hypot(u - 0.435, v - 0.457) - 0.046) - 0.006);
const bridge = within(
  (_, v) => Math.abs(v - 0.45) - 0.005,
  (u) => Math.abs(u - 0.5) - 0.02,
);
const beardOf = within(without(ellipse(0.5, 0.5, 0.163, 0.148), ellipse(0.5, 0.42, 0.15, 0.125)), (_, v) => 0.45 - v);

/** How large the head is; a list shows it in 48 pixels. */
const closeness = 1.17;

/** A square picture of somebody, as an illustrator draws it with few shapes. */
export function portrait({ ground, skin, hair, clothes, glasses, beard }: Portrait, size = 256): Buffer<ArrayBuffer> {
  const [bright, deep, face, strands, cloth] = [...ground, skin, hair[1], clothes].map(hex) as [
    Colour,
    Colour,
    Colour,
    Colour,
    Colour,
  ];
  const dark: Colour = [38, 30, 34];
  const [behind, before] = hairs[hair[0]];
  const shade = mix(face, dark, 0.16);
  const layers: readonly (readonly [Shape, Colour])[] = [
    [behind, mix(strands, dark, 0.18)],
    [shoulders, cloth],
    [collar, mix(cloth, dark, 0.14)],
    [neck, shade],
    [ears, shade],
    [head, face],
    ...(beard ? [[beardOf, strands] as const] : []),
    [before, strands],
    [eyes, dark],
    [mouth, mix(face, [150, 40, 50], 0.7)],
    ...(glasses ? [[all(rims, bridge), dark] as const] : []),
  ];
  return paint(size, size, (x, y) => {
    const [left, top] = [(x + 0.5) / size, (y + 0.5) / size];
    const [u, v] = [0.5 + (left - 0.5) / closeness, 0.62 + (top - 0.62) / closeness];
    let colour = mix(bright, deep, clamp((left * 0.5 + top * 1.5) / 2));
    for (const [shape, fill] of layers) {
      const cover = clamp(0.5 - shape(u, v) * size * closeness);
      if (cover > 0) colour = mix(colour, fill, cover);
    }
    return colour;
  });
}
