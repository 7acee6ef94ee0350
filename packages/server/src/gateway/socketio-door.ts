import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterClose, type CloseName, closeCodes } from '@flooim/protocol';
import type { RawData, WebSocket } from 'ws';
import { base64Mark, eventBytes, messageByte } from './socketio-event-bytes.ts';
import {
  connected,
  disconnected,
  type EngineVersion,
  handshake,
  type Packet,
  readPacket,
  refusedNamespace,
} from './socketio-packets.ts';
import { type Visitor, WebSocketDoor } from './websocket-door.ts';

/** What a client says of itself in the address. */
export interface Manners {
  version: EngineVersion;
  /** It reads no binary messages. */
  base64: boolean;
}

/** Text packets are short: nothing that this server knows needs more. */
const packetBytes = 4096;

/**
 * `/socket.io/`, as deployed clients know it: a frame is the only argument of an event `frame`. Engine.IO 3 and 4, WebSocket
 * alone, the namespace `/`, no acknowledgements.
 */
export class SocketIoDoor extends WebSocketDoor {
  /** They log in again or tell the person, for which they need the connection: without it they come back at once. */
  readonly refusalGraceMs = 3000;
  readonly #manners: Manners;
  readonly #maxPayload: number;
  readonly #sid = randomBytes(15).toString('base64url');
  #isConnected = false;
  /** Binary messages that belong to the packet before, and which of them is a frame; -1: none. */
  #due = 0;
  #dueBeforeFrame = -1;

  constructor(ws: WebSocket, socket: Socket, manners: Manners, maxPayload: number) {
    super(ws, socket);
    this.#manners = manners;
    this.#maxPayload = maxPayload;
  }

  open(visitor: Visitor): void {
    this.ws.on('message', (data, isBinary) => {
      const isSense = isBinary ? this.#binary(data as Buffer, visitor) : this.#text(data, visitor);
      if (!isSense) visitor.malformed();
    });
    this.#say(handshake(this.#sid, this.#maxPayload));
    if (this.#manners.version === 3) this.#connect();
  }

  /** Clients of version 4 expect a ping within a time that they were told, whatever they send; the others ping themselves. */
  keepAlive(): void {
    if (this.#manners.version === 4) this.#say('2');
  }

  close(name: CloseName): void {
    const { code, reason } = closeCodes[name];
    // Without this word they take it for a fault and come back at once.
    if (afterClose(code) !== 'reconnect') this.#say(disconnected);
    this.end(code, reason);
  }

  protected send(frames: readonly Uint8Array[]): void {
    this.socket.write(eventBytes(frames, this.#manners));
  }

  #connect(): void {
    this.#isConnected = true;
    this.#say(connected(this.#manners.version, this.#sid));
  }

  #say(text: string): void {
    if (this.ws.readyState === this.ws.OPEN) this.ws.send(text);
  }

  /** Whether it made sense. */
  #text(data: RawData, visitor: Visitor): boolean {
    const bytes = data as Buffer;
    if (bytes[0] === 98) return this.#base64(bytes.toString('latin1'), visitor);
    const packet = bytes.length <= packetBytes ? readPacket(bytes) : undefined;
    if (!packet) return false;
    visitor.sign();
    return this.#packet(packet);
  }

  #packet(packet: Packet): boolean {
    switch (packet.type) {
      case 'ping':
        this.whenRead(() => this.#say(`3${packet.probe}`));
        return true;
      case 'connect':
        return this.#admit(packet.namespace);
      case 'event':
        if (!this.#isConnected || this.#due > 0) return false;
        this.#due = packet.attachments;
        this.#dueBeforeFrame = packet.frameAt;
        return true;
      case 'disconnect':
        // From the others nobody here is connected to.
        if (packet.namespace === '/') this.end(1000, '');
        return true;
      case 'close':
        this.end(1000, '');
        return true;
      default:
        return true;
    }
  }

  #admit(namespace: string): boolean {
    if (namespace !== '/') this.whenRead(() => this.#say(refusedNamespace(this.#manners.version, namespace)));
    else if (!this.#isConnected) this.#connect();
    return true;
  }

  #binary(bytes: Buffer, visitor: Visitor): boolean {
    if (this.#manners.version === 4) return this.#attachment(bytes, visitor);
    return bytes[0] === messageByte && this.#attachment(bytes.subarray(1), visitor);
  }

  #base64(text: string, visitor: Visitor): boolean {
    const mark = base64Mark[this.#manners.version];
    return text.startsWith(mark) && this.#attachment(Buffer.from(text.slice(mark.length), 'base64'), visitor);
  }

  #attachment(bytes: Buffer, visitor: Visitor): boolean {
    if (this.#due === 0) return false;
    this.#due -= 1;
    if (this.#dueBeforeFrame-- === 0) visitor.frame(bytes);
    else visitor.sign();
    return true;
  }
}
