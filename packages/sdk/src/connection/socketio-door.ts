import { FlooError } from '../errors.ts';
import type { Emitter } from '../event/emitter.ts';
import type { SocketDoor } from './socket.ts';

export type LoadSocketIo = () => Promise<{ SocketIoSocket: SocketDoor }>;

/** Rejects with `NETWORK`, after saying so in `flooError`. */
export async function socketIoDoor(load: LoadSocketIo, emitter: Emitter): Promise<SocketDoor> {
  try {
    return (await load()).SocketIoSocket;
  } catch (cause) {
    const desc = `the code of the transport 'socketio' cannot be loaded: ${cause}`;
    emitter.emit('flooError', { category: 'INTERNAL', desc });
    throw new FlooError('NETWORK', desc, { cause });
  }
}
