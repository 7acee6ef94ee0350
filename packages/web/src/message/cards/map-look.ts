/** Lines of a drawn map, in a box of 280 x 120 with the place in its middle. */
interface MapLook {
  roads: { path: string; width: number }[];
  park: { x: number; y: number; width: number; height: number };
  water: string;
  turn: number;
}

/** Numbers from 0 to 1 that are the same for the same place. */
function numbersOf(latitude: number, longitude: number): () => number {
  let state = (Math.round(latitude * 1e4) * 73_856_093) ^ (Math.round(longitude * 1e4) * 19_349_663) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Not the place itself, for which a foreign server would have to be asked: only a face by which to know it again. */
export function mapLook(latitude: number, longitude: number): MapLook {
  const next = numbersOf(latitude, longitude);
  const between = (from: number, to: number): number => Math.round(from + next() * (to - from));
  const roads = [-60, -22, 18, 62].flatMap((offset, i) => {
    const bend = between(-14, 14);
    const x = 140 + offset * 2 + between(-12, 12);
    const y = 60 + offset * 0.9 + between(-8, 8);
    return [
      { path: `M${x} -60Q${x + bend} 60 ${x - bend} 180`, width: i === 1 ? 7 : 3 },
      { path: `M-60 ${y}Q140 ${y + bend} 340 ${y - bend}`, width: i === 2 ? 6 : 3 },
    ];
  });
  const shore = between(195, 235);
  const water = `M${shore} -60C${shore + between(10, 40)} 20 ${shore - between(10, 40)} 80 ${shore + between(0, 40)} 180H360V-60Z`;
  const park = { x: between(6, 60), y: between(4, 50), width: between(50, 84), height: between(34, 54) };
  return { roads, park, water, turn: between(-24, 24) };
}
