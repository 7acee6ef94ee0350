/** Why nobody can say where this device is. */
export type PlaceTrouble = 'insecure' | 'unsupported' | 'refused' | 'unavailable' | 'timeout';

export interface Place {
  latitude: number;
  longitude: number;
  /** Of both, in metres. */
  accuracy: number;
}

export class PlaceError extends Error {
  readonly trouble: PlaceTrouble;

  constructor(trouble: PlaceTrouble) {
    super(`No place: ${trouble}`);
    this.trouble = trouble;
  }
}

const patienceMs = 20_000;
/** Of `GeolocationPositionError.code`. */
const troubles: Record<number, PlaceTrouble> = { 1: 'refused', 2: 'unavailable', 3: 'timeout' };
/** About a metre. */
const decimals = 5;

const rounded = (degrees: number): number => Number(degrees.toFixed(decimals));

/** Asks the browser where it is, which asks its user. Rejects with a `PlaceError`. */
export async function locate(): Promise<Place> {
  if (!isSecureContext) throw new PlaceError('insecure');
  if (!('geolocation' in navigator)) throw new PlaceError('unsupported');
  const { coords } = await new Promise<GeolocationPosition>((resolve, reject) =>
    navigator.geolocation.getCurrentPosition(
      resolve,
      ({ code }) => reject(new PlaceError(troubles[code] ?? 'unavailable')),
      { enableHighAccuracy: true, timeout: patienceMs, maximumAge: 60_000 },
    ),
  );
  return {
    latitude: rounded(coords.latitude),
    longitude: rounded(coords.longitude),
    accuracy: Math.ceil(coords.accuracy),
  };
}
