import { until } from '@flooim/testkit';
import { type RawData, WebSocket } from 'ws';

export interface EngineAddress {
  EIO?: string;
  transport?: string;
  sid?: string;
  b64?: string;
}

export const frameText = '451-["frame",{"_placeholder":true,"num":0}]';

/** The address of the Socket.IO door; what is '' is left out. */
export function engineUrl(url: string, address: EngineAddress = {}): string {
  const query = Object.entries({ EIO: '3', transport: 'websocket', ...address }).filter(([, value]) => value !== '');
  return `${url}/socket.io/?${new URLSearchParams(query)}`;
}

/** A connection to the Socket.IO door without a library: packets go and come as they are. */
export class EngineLine {
  readonly socket: WebSocket;
  /** Text packets, in order. */
  readonly texts: string[] = [];
  /** Binary packets, in order. */
  readonly binaries: Buffer[] = [];
  closeCode: number | undefined;

  private constructor(url: string, address: EngineAddress) {
    this.socket = new WebSocket(engineUrl(url, address).replace(/^http/, 'ws'), { perMessageDeflate: false });
    this.socket.on('message', (data: RawData, isBinary) => {
      if (isBinary) this.binaries.push(data as Buffer);
      else this.texts.push(String(data));
    });
    this.socket.on('error', () => {});
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  /** Waits for the handshake; in version 3 also for what comes with it. */
  static async open(url: string, address: EngineAddress = {}): Promise<EngineLine> {
    const line = new EngineLine(url, address);
    const greetings = address.EIO === '4' ? 1 : 2;
    await until(() => line.texts.length === greetings || line.closeCode !== undefined, 'the handshake');
    return line;
  }

  /** Sends packets one behind the other. */
  send(...packets: (string | Uint8Array)[]): void {
    for (const packet of packets) if (this.socket.readyState === WebSocket.OPEN) this.socket.send(packet);
  }

  /** Sends a frame as clients of this version do. */
  frame(bytes: Uint8Array, header = frameText): void {
    const isOld = this.socket.url.includes('EIO=3');
    this.send(header, isOld ? Buffer.concat([Buffer.of(4), bytes]) : bytes);
  }

  async text(wanted: string): Promise<void> {
    await until(() => this.texts.includes(wanted) || this.closeCode !== undefined, `the packet ${wanted}`);
    if (!this.texts.includes(wanted)) throw new Error(`closed with ${this.closeCode} before ${wanted}`);
  }

  /** An answered round trip: whatever was sent before was taken. */
  async settle(): Promise<void> {
    const probe = `settle ${Math.random()}`;
    this.send(`2${probe}`);
    await this.text(`3${probe}`);
  }

  async closed(): Promise<number> {
    await until(() => this.closeCode !== undefined, 'the end of the connection');
    return this.closeCode as number;
  }
}
