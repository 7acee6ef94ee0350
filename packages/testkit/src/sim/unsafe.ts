import { Command, decodeFrame, decodeMessageBody, decodeSyncUL, type Meta, Namespace, QoS } from '@flooim/protocol';
import type { Disk } from './sim-database.ts';

/** What is wrong with a frame that goes out: what is sent, and what is said to have arrived, must be on the disk before. */
export function unsafe(disk: Disk, database: string, bytes: Uint8Array): string | undefined {
  const frame = decodeFrame(bytes);
  if (frame.command !== Command.SYNC) return undefined;
  const { meta, key, xid, isFullSync } = decodeSyncUL(frame.payload);
  if (meta) return isTyping(meta) ? undefined : unsafeSend(disk, database, meta.id);
  return isFullSync || key === 0 ? undefined : unsafeKey(disk, database, xid?.uid ?? 0, key);
}

function unsafeSend(disk: Disk, database: string, clientMid: number): string | undefined {
  return disk.row(database, 'outbox', clientMid) ? undefined : `sends ${clientMid} before it is stored`;
}

function unsafeKey(disk: Disk, database: string, peer: number, key: number): string | undefined {
  const cursor = disk.row<{ cursor: number }>(database, 'conversations', peer)?.cursor ?? 0;
  return key <= cursor ? undefined : `says that it has ${peer} up to ${key}, where its store is at ${cursor}`;
}

function isTyping({ ns, payload }: Meta): boolean {
  return ns === Namespace.MESSAGE && decodeMessageBody(payload).qos === QoS.AT_MOST_ONCE;
}
