import { limits } from '@flooim/protocol';
import { FlooError } from 'flooim';
import { defineStore } from 'pinia';
import { computed, shallowReactive, shallowRef, watch } from 'vue';
import { errorName, errorText } from '../app/error-text.ts';
import { useGroups } from '../group/group-store.ts';
import type { TextKey } from '../i18n/i18n.ts';
import { im } from '../im.ts';
import { writeAttachment } from '../message/attachment.ts';
import type { MessageExtras } from '../message/extras.ts';
import { useMessages } from '../message/message-store.ts';
import { useSession } from '../session/session-store.ts';
import { toast } from '../ui/toasts.ts';
import type { FileLook } from './file-look.ts';
import { clearTrays, dropLook, type PickedFile, type PickedType } from './picked-files.ts';
import { type FileTransfer, isUnfinished, type Transfer, toSend, transferKey } from './transfer.ts';

/** When a file is tried again that found no server although there is a connection, before its sender hears of it. */
const againMs = [1000, 3000, 9000];

/** Why a file did not arrive, in words. */
function problemOf(error: unknown): TextKey {
  const isFile = error instanceof FlooError && error.code === 'INVALID_PARAMETER' && error.field === 'param.file';
  return isFile ? 'transfer.unreadable' : `error.${errorName(error)}`;
}

/** Names of files may be longer than what is sent; the ending says what the file is. */
function shortName(name: string): string {
  const tooMany = name.length - limits.fileNameChars;
  const dot = name.lastIndexOf('.');
  if (tooMany <= 0) return name;
  return dot > tooMany ? name.slice(0, dot - tooMany) + name.slice(dot) : name.slice(0, limits.fileNameChars);
}

const isConnected = (): boolean => navigator.onLine && im.connection.state.name === 'online';

/** What the file is to the receivers: by its content where the server knows it, never more than was chosen. */
function sentType(picked: PickedType, contentType: string): PickedType {
  // What a browser records is often a video without pictures, as far as its bytes tell.
  return picked === 'audio' || contentType.startsWith(`${picked}/`) ? picked : 'file';
}

/** Files on their way, in all conversations: from the moment somebody sends them until they are messages. */
export const useTransfers = defineStore('transfers', () => {
  const session = useSession();
  const messages = useMessages();
  const groups = useGroups();

  const all = shallowRef<readonly Transfer[]>([]);
  const unfinished = computed(() => isUnfinished(all.value));
  /** The row of a message that was a transfer, so that it stays where it is and as it is. */
  const rowKeys = new Map<string, string>();
  /** What own messages show until the server's picture is there, by client mid. */
  const looks = shallowReactive(new Map<string, FileLook>());
  const aborts = new Map<number, AbortController>();
  let lastId = 0;

  const find = (id: number): FileTransfer | undefined =>
    all.value.find((one): one is FileTransfer => one.id === id && one.kind === 'file');

  /** Sends files, in this order, and after them the words; `extras` go with the words, or else with the first file. */
  function send(uid: number, files: readonly PickedFile[], words: string, extras?: MessageExtras): void {
    const at = Date.now();
    const added: Transfer[] = files.map((picked, i) =>
      shallowReactive<FileTransfer>({
        kind: 'file',
        id: ++lastId,
        uid,
        at,
        picked,
        extras: words || i > 0 ? undefined : extras,
        state: 'sending',
        loaded: 0,
        total: picked.file.size,
        lost: 0,
        problem: null,
        arrived: null,
      }),
    );
    if (words) added.push({ kind: 'words', id: ++lastId, uid, at, text: words, extras });
    all.value = [...all.value, ...added];
    // The SDK lets a few of them go at the same time, in order.
    for (const one of added) if (one.kind === 'file') void upload(one);
    sendReady();
  }

  function sendReady(): void {
    for (const one of toSend(all.value)) becomeMessage(one);
  }

  function becomeMessage(one: Transfer): void {
    try {
      const clientMid = one.kind === 'words' ? messages.send(one.uid, one.text, one.extras) : sendFile(one);
      rowKeys.set(clientMid, transferKey(one));
      take(one.id);
    } catch (error) {
      // The session was ended elsewhere: what was sent must not be lost with it.
      if (one.kind === 'file') fail(one, error);
      else toast(errorText(error), 'error');
    }
  }

  function sendFile({ uid, picked, arrived, extras }: FileTransfer): string {
    if (!arrived) throw new Error('A file becomes a message when it has arrived.');
    const { look, voice } = picked;
    const attachment = writeAttachment(arrived, { ...look, ...voice });
    const clientMid = messages.sendFile(uid, sentType(picked.type, arrived.type), attachment, extras);
    if (look?.url) looks.set(clientMid, look);
    // One that comes later has nobody to show it to.
    else dropLook(picked);
    return clientMid;
  }

  async function upload(one: FileTransfer): Promise<void> {
    const abort = new AbortController();
    aborts.set(one.id, abort);
    one.state = 'sending';
    try {
      one.arrived = await im.sysManage.asyncFileUpload({
        file: one.picked.file,
        name: shortName(one.picked.file.name),
        fileType: one.picked.type,
        toType: 'chat',
        chatType: groups.isGroup(one.uid) ? 'group' : 'roster',
        to_id: one.uid,
        signal: abort.signal,
        processCallback: ({ loaded, total }) => Object.assign(one, { loaded, total }),
      });
      one.state = 'arrived';
    } catch (error) {
      if (abort.signal.aborted) return;
      fail(one, error);
    } finally {
      aborts.delete(one.id);
    }
    sendReady();
  }

  function fail(one: FileTransfer, error: unknown): void {
    const problem = problemOf(error);
    const wait = againMs[one.lost];
    if (problem !== 'error.network' || (isConnected() && wait === undefined)) {
      one.state = 'failed';
      one.problem = problem;
      return;
    }
    one.lost += 1;
    one.state = 'waiting';
    if (wait) setTimeout(() => resume(one), wait);
  }

  /** When there is no connection, its return resumes. */
  function resume(one: FileTransfer): void {
    if (one.state === 'waiting' && all.value.includes(one) && isConnected()) void upload(one);
  }

  function resumeAll(): void {
    for (const one of all.value) if (one.kind === 'file') resume(one);
  }

  function take(id: number): void {
    all.value = all.value.filter((one) => one.id !== id);
  }

  /** Stops it, or removes it after it failed. */
  function cancel(id: number): void {
    aborts.get(id)?.abort();
    const one = find(id);
    if (one) dropLook(one.picked);
    take(id);
    sendReady();
  }

  function retry(id: number): void {
    const one = find(id);
    if (one?.state !== 'failed') return;
    one.lost = 0;
    one.problem = null;
    if (!one.arrived) return void upload(one);
    one.state = 'arrived';
    sendReady();
  }

  /** The server's picture is shown: the local one can go. */
  function release(clientMid: string): void {
    const look = looks.get(clientMid);
    if (!look) return;
    looks.delete(clientMid);
    URL.revokeObjectURL(look.url);
  }

  function clear(): void {
    for (const abort of aborts.values()) abort.abort();
    for (const one of all.value) if (one.kind === 'file') dropLook(one.picked);
    all.value = [];
    for (const clientMid of looks.keys()) release(clientMid);
    rowKeys.clear();
    clearTrays();
  }

  im.on('connectionChange', resumeAll);
  addEventListener('online', resumeAll);
  // What one person chose is nobody else's.
  watch(() => session.uid, clear);
  watch(unfinished, (busy) => {
    if (busy) addEventListener('beforeunload', askBeforeLeaving);
    else removeEventListener('beforeunload', askBeforeLeaving);
  });

  return { all, looks, rowKeys, send, cancel, retry, release };
});

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
