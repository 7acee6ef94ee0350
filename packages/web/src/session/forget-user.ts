type KeyStore = Pick<Storage, 'length' | 'key' | 'removeItem'>;

/** What the app's parts keep of a user is under `flooim.<part>.<user id>`, and more behind it where there is more than one. */
function isOfUser(key: string, uid: number): boolean {
  return /^flooim\.[^.]+\.(\d+)(\.|$)/.exec(key)?.[1] === String(uid);
}

export function forgetUser(uid: number, store: KeyStore): void {
  const keys = Array.from({ length: store.length }, (_, i) => store.key(i) ?? '');
  for (const key of keys.filter((one) => isOfUser(one, uid))) store.removeItem(key);
}
