const encoder = new TextEncoder();

/** In UTF-8, as the server counts. */
export const bytesOf = (text: string): number => encoder.encode(text).length;
