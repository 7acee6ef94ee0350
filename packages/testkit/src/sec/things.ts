import { png } from '../png.ts';
import type { Stage } from './stage.ts';
import type { Person, World } from './world.ts';

/** What people leave behind: each of these has to work. */

const toUser = 1;
const toGroup = 2;
const text = 0;

/** Says something and gives its mid. */
async function sayToGroup(world: World, by: Person, gid: number, content = 'words'): Promise<number> {
  await world.call(by, 'messageSend', { type: toGroup, targets: [gid], content_type: text, content });
  return newestMid(world, by, gid);
}

async function sayToUser(world: World, by: Person, uid: number, content = 'words'): Promise<number> {
  await world.call(by, 'messageSend', { type: toUser, targets: [uid], content_type: text, content });
  return newestMid(world, by, uid);
}

async function newestMid(world: World, by: Person, peer: number): Promise<number> {
  const { messages } = await world.call(by, 'messageHistory', { opposite_id: peer, msg_id_start: 0, limit: 1 });
  return messages[0]?.msg_id ?? 0;
}

/** Something that the owner says after everything else; its mid. */
export async function ownersWords(stage: Stage): Promise<number> {
  const gid = await stage.group();
  return sayToGroup(stage.world, await stage.owner, gid, stage.text());
}

/** What the caller said to the group while he could; of who never could, the owner. */
export async function ownWords(stage: Stage): Promise<number> {
  let mid = 0;
  const gid = await stage.group(async (caller, group) => {
    mid = await sayToGroup(stage.world, caller, group);
  });
  return mid || sayToGroup(stage.world, await stage.owner, gid);
}

/** What the target said to the caller while they were friends; 0: they never were. */
export async function targetsWords(stage: Stage): Promise<{ uid: number; mid: number }> {
  let mid = 0;
  const { uid } = await stage.meet(async (target) => {
    mid = await sayToUser(stage.world, target, stage.caller.uid, stage.text());
  });
  return { uid, mid };
}

/** What the caller said to the target. */
export async function callersWords(stage: Stage): Promise<{ uid: number; mid: number }> {
  let mid = 0;
  const { uid } = await stage.meet(async (target) => {
    mid = await sayToUser(stage.world, stage.caller, target.uid);
  });
  return { uid, mid };
}

export function form(content: BlobPart = 'some bytes'): FormData {
  const data = new FormData();
  data.set('file', new Blob([content]), 'a file');
  return data;
}

export function picture(): FormData {
  return form(new Uint8Array(png(1, 1, Buffer.from([0, 1, 2, 3]), 1)));
}

/** An address for an upload, as the pass in it and as what it will be called. */
export interface Address {
  upload: string;
  object: string;
  url: string;
}

export async function addressFor(world: World, by: Person, gid: number, file_type = 100): Promise<Address> {
  return addressOf(world, await world.call(by, 'fileUploadChat', { file_type, to_id: gid, to_type: toGroup }));
}

export async function avatarAddress(world: World, by: Person): Promise<Address> {
  return addressOf(world, await world.call(by, 'fileUploadAvatar', {}));
}

function addressOf(world: World, answer: { upload_url: string; download_url: string }): Address {
  const upload = world.secrets.keep(new URL(answer.upload_url).searchParams.get('upload') ?? '');
  const link = new URL(answer.download_url).searchParams;
  return { upload, object: link.get('file_sign') ?? link.get('object_name') ?? '', url: answer.download_url };
}

/** Puts some bytes there. */
export async function fill(world: World, { upload }: Address, body = form()): Promise<void> {
  const target = new URL('/file/upload', world.url);
  target.searchParams.set('upload', upload);
  const response = await fetch(target, { method: 'POST', body });
  const answer = await response.text();
  if (!answer.includes('"code":200')) throw new Error(`the upload failed: ${answer}`);
}

/** A file that the owner has sent to the group; its name in links. */
export async function fileInGroup(stage: Stage): Promise<string> {
  const { world } = stage;
  const gid = await stage.group();
  const owner = await stage.owner;
  const address = await addressFor(world, owner, gid);
  await fill(world, address, form(stage.text()));
  const attachment = JSON.stringify({ url: address.url });
  await world.call(owner, 'messageSend', { type: toGroup, targets: [gid], content_type: 4, attachment });
  return address.object;
}

export async function announcement(stage: Stage): Promise<number> {
  const group_id = await stage.group();
  const { id } = await stage.byOwner('groupAnnounce', { group_id, title: 'news', content: stage.text() });
  return id;
}

/** Something that the owner shares with the group, or the caller while he can. */
export async function sharedFile(stage: Stage): Promise<number> {
  const group_id = await stage.group();
  const { file_id } = await stage.byOwner('groupFileShare', { group_id, name: 'x', size: 1, url: linkOf(stage) });
  return file_id;
}

function linkOf(stage: Stage): string {
  return `https://files.example/${stage.text()}`;
}
