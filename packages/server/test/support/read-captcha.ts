import svgCaptcha from 'svg-captcha';

const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

interface Outline {
  /** The commands without their numbers. */
  shape: string;
  /** Coordinates from the first point on. */
  points: number[];
  left: number;
}

/** Each letter as the drawing program outlines it. */
const known = new Map([...letters].map((letter) => [letter, outlinesIn(draw(letter))[0] as Outline]));

/** What the picture says, as a program reads it that knows the font. */
export function readCaptcha(svg: string): string {
  const outlines = outlinesIn(svg).sort((a, b) => a.left - b.left);
  return outlines.map(letterOf).join('');
}

function draw(letter: string): string {
  return svgCaptcha.create({ size: 1, charPreset: letter, noise: 0 }).data;
}

function outlinesIn(svg: string): Outline[] {
  return [...svg.matchAll(/<path fill="#\w+" d="([^"]+)"/g)].map(([, path = '']) => {
    const numbers = (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
    const [x = 0, y = 0] = numbers;
    const points = numbers.map((value, i) => value - (i % 2 === 0 ? x : y));
    return { shape: path.replace(/[-\d. ]/g, ''), points, left: x };
  });
}

function letterOf({ shape, points }: Outline): string {
  const alike = [...known].filter(([, outline]) => outline.shape === shape);
  const far = (outline: Outline) =>
    outline.points.reduce((sum, value, i) => sum + Math.abs(value - (points[i] ?? 0)), 0);
  const [nearest] = alike.sort(([, a], [, b]) => far(a) - far(b));
  return nearest?.[0] ?? '?';
}
