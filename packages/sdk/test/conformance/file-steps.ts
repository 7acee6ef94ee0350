import type { FileUpload } from 'flooim';
import { expect } from 'vitest';
import { get, picture, pixel } from '../files.ts';
import { talk } from './message-steps.ts';
import type { Stage } from './stage.ts';
import { interlude, step } from './step.ts';

/** A file for a conversation, both ways up, and down again by the other one. */
export async function fileSteps(stage: Stage): Promise<void> {
  const { alice, carol } = stage;
  const bytes = 'what is in the file';
  const progress: object[] = [];
  const chat = {
    file: new File([bytes], 'notes.txt'),
    fileType: 'file',
    toType: 'chat',
    to_id: carol.uid,
    chatType: 'roster',
    processCallback: (res: object) => void progress.push(res),
  } as const;
  const { url } = await step(stage, alice.phone, 'sysManage.asyncFileUpload', [chat], {
    gives: { name: 'notes.txt', size: bytes.length, type: (type: string) => type.startsWith('text/plain') },
  });
  expect.soft(progress.at(-1)).toEqual({ loaded: bytes.length, total: bytes.length });
  const message = {
    uid: String(carol.uid),
    type: 'file',
    attachment: { url, dName: 'notes.txt', fLen: bytes.length },
  } as const;
  await step(stage, alice.phone, 'sysManage.sendRosterMessage', [message], {
    sees: talk(alice.phone, alice, carol, { type: 'file', attach: message.attachment }),
  });
  expect.soft(await text(carol.laptop.im.sysManage.getFileUrl({ url }))).toBe(bytes);
  await step(stage, alice.phone, 'sysManage.asyncFileUpload', [{ ...chat, file: new File([], 'empty') }], {
    refused: 'INVALID_PARAMETER',
  });
  const target = { file_type: 102, to_type: 1, to_id: carol.uid };
  const address = await step(stage, alice.phone, 'sysManage.asyncGetFileUploadChatFileUrl', [target]);
  expect.soft(await sendForm(address, new Blob([bytes]))).toBe(true);
  expect.soft(await text(alice.phone.im.sysManage.getFileUrl({ url: address.download_url }))).toBe(bytes);
}

/** The picture of a group, by who may change it. */
export async function groupAvatarSteps(stage: Stage): Promise<void> {
  const { alice, bob, carol, gid } = stage;
  const avatar = { file: picture(), toType: 'groupAvatar', group_d: gid } as const;
  const { url } = await step(stage, alice.laptop, 'sysManage.asyncFileUpload', [avatar], {
    gives: { type: 'image/png' },
  });
  await step(stage, bob.phone, 'sysManage.getImage', [{ avatar: url, type: 'group' }], {
    gives: (link: string) => link.includes('image_type=2'),
  });
  const group = { group_id: gid };
  const address = await step(stage, alice.phone, 'sysManage.asyncGetGroupAvatarUploadUrl', [group]);
  expect.soft(await sendForm(address, picture())).toBe(true);
  await step(stage, carol.phone, 'sysManage.asyncGetGroupAvatarUploadUrl', [group], { refused: 20011 });
}

/** From a user's picture to what another one's page shows. */
export async function avatarSteps(stage: Stage): Promise<void> {
  const { alice, carol } = stage;
  const avatar = { file: picture(), toType: 'rosterAvatar' } as const;
  const { url } = await step(stage, alice.phone, 'sysManage.asyncFileUpload', [avatar], {
    gives: { width: 1, height: 1 },
  });
  await interlude(stage, () => alice.phone.im.userManage.asyncUpdateAvatar({ avatar: url }));
  const asked = { avatar: url, type: 'roster', thumbnail: false, sdefault: '/face.png' } as const;
  const shown = await step(stage, carol.phone, 'sysManage.getImage', [asked], {
    gives: (link: string) => link.startsWith(`${stage.server.url}/file/download/avatar?`),
  });
  expect.soft((await get(shown)).bytes).toEqual(pixel);
  const foreign = 'https://example.org/p.png';
  await step(stage, carol.phone, 'sysManage.getImage', [{ avatar: foreign }], { gives: foreign });
  await step(stage, carol.phone, 'sysManage.getImage', [{ avatar: '', sdefault: '/face.png' }], { gives: '/face.png' });
}

/** As those do who upload by themselves. */
async function sendForm({ upload_url, oss_body_param }: FileUpload, file: Blob): Promise<unknown> {
  const form = new FormData();
  for (const [name, value] of Object.entries(oss_body_param)) form.append(name, value);
  form.append('file', file);
  const answer = await fetch(upload_url, { method: 'POST', body: form });
  return ((await answer.json()) as { data?: unknown }).data;
}

async function text(url: string): Promise<string> {
  return (await get(url)).bytes.toString();
}
