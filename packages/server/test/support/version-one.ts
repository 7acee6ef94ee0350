import { type OperationType, type SyncDL, Vsn } from '@flooim/protocol';
import type { Chat, Person } from './chat.ts';
import { bodies, type Phone } from './phone.ts';

/** One of a person's devices, as deployed clients connect. */
export function oldPhone(chat: Chat, person: Person, guid = 'old'): Promise<Phone> {
  return chat.phone(person, guid, Vsn.V1, 'socketio2');
}

/** As deployed clients do after a Notice: until an answer names no next key. */
export async function pullAll(phone: Phone, peer: number, from = 0): Promise<SyncDL[]> {
  const pages: SyncDL[] = [];
  for (let key = from; ; ) {
    const page = await phone.pull(peer, key);
    pages.push(page);
    if (page.nextKey === 0) return pages;
    key = page.nextKey;
  }
}

/** The messages that operations of a type name. */
export function marksIn(frames: SyncDL[], type: OperationType): number[] {
  const operations = frames.flatMap(bodies).map((body) => body.operation);
  return operations.filter((operation) => operation?.type === type).map((operation) => operation?.mid ?? 0);
}

/** As `marksIn`, in the order in which a device was pushed them. */
export function marked(phone: Phone, type: OperationType): number[] {
  return marksIn(phone.pushed, type);
}

export async function say(phone: Phone, to: Person, ...contents: string[]): Promise<number[]> {
  const mids: number[] = [];
  for (const content of contents) mids.push((await phone.text(to.uid, content)).serverMid);
  return mids;
}
