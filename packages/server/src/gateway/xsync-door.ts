import { type CloseName, closeCodes, limits } from '@flooim/protocol';
import { type Visitor, WebSocketDoor } from './websocket-door.ts';
import { messagesOf } from './websocket-messages.ts';

/** `/xsync`: one binary message is one frame, and close codes say what to do next. */
export class XsyncDoor extends WebSocketDoor {
  readonly refusalGraceMs = 0;

  open(visitor: Visitor): void {
    this.ws.on('message', (data, isBinary) => {
      if (isBinary) visitor.frame(data as Buffer);
      else visitor.malformed();
    });
    this.ws.on('pong', () => visitor.sign());
  }

  keepAlive(silentMs: number): void {
    if (silentMs > limits.heartbeatMs) this.ws.ping();
  }

  close(name: CloseName): void {
    const { code, reason } = closeCodes[name];
    this.end(code, reason);
  }

  protected send(frames: readonly Uint8Array[]): void {
    this.socket.write(messagesOf(frames));
  }
}
