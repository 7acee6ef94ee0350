import { readFileSync } from 'node:fs';

/** A frame as deployed clients send it (uplink) or take it (downlink), and the same as JSON. */
export interface Vector {
  name: string;
  /** The clients that send or take it so: a version, or 'both'. */
  client: string;
  hex: string;
  decoded: RecordedFrame;
}

/** Schema names; enums by name, 64-bit numbers as decimal strings, only the fields that were there. */
export interface RecordedFrame {
  command: string;
  payload?: Recorded;
}
export type Recorded = { [field: string]: RecordedValue };
export type RecordedValue = string | number | boolean | Recorded | RecordedValue[];

const file = new URL('./vectors.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as {
  /** By client: the address and the text packets of its first seconds, with who sends them. */
  socketio: Record<string, { handshake_url: string; text_packets: ['up' | 'down', string][] }>;
  uplink: Vector[];
  downlink: Vector[];
};

export const { socketio, uplink, downlink } = recorded;
export const bytesOf = (vector: Vector): Uint8Array => Uint8Array.from(Buffer.from(vector.hex, 'hex'));
