import { onScopeDispose, shallowRef } from 'vue';
import { errorText } from '../app/error-text.ts';
import { im } from '../im.ts';
import { shareType } from './share-type.ts';

/** A file on its way into a group's list. */
export interface Share {
  key: number;
  file: File;
  /** 0 to 1. */
  sent: number;
  /** Why it did not arrive. */
  failure: string;
  abort: AbortController;
}

let lastKey = 0;

/** Uploads that end with the page; `shared` is called for each that arrived. */
export function useShares(gid: number, shared: () => void) {
  const shares = shallowRef<readonly Share[]>([]);
  onScopeDispose(() => {
    for (const one of shares.value) one.abort.abort();
  });

  const change = (key: number, part: Partial<Share>) => {
    shares.value = shares.value.map((one) => (one.key === key ? { ...one, ...part } : one));
  };
  const discard = ({ key }: Share) => {
    shares.value = shares.value.filter((one) => one.key !== key);
  };

  function stop(one: Share): void {
    one.abort.abort();
    discard(one);
  }

  async function send(one: Share): Promise<void> {
    const { file, key, abort } = one;
    try {
      const { url } = await im.sysManage.asyncFileUpload({
        file,
        name: file.name,
        fileType: shareType(file.type),
        toType: 'chat',
        chatType: 'group',
        to_id: gid,
        signal: abort.signal,
        processCallback: ({ loaded, total }) => change(key, { sent: total > 0 ? loaded / total : 0 }),
      });
      abort.signal.throwIfAborted();
      const { name, size, type } = file;
      await im.groupManage.asyncFileUpload({ group_id: gid, name, size, type, url });
      discard(one);
      shared();
    } catch (error) {
      if (!abort.signal.aborted) change(key, { failure: errorText(error) });
    }
  }

  function share(files: readonly File[]): void {
    for (const file of files) {
      const one: Share = { key: ++lastKey, file, sent: 0, failure: '', abort: new AbortController() };
      shares.value = [...shares.value, one];
      void send(one);
    }
  }

  return { shares, share, stop, discard };
}
