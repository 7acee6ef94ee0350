import { StatusCode } from '@flooim/protocol';
import { RawClient } from '../raw-client.ts';
import { callRest } from '../rest.ts';
import type { SeededUser } from '../seed-users.ts';

/** How much is read of the conversation, which has to have as much. */
export const historyLength = 20;

/** What must go on while nothing can be written; gives what does not. */
export async function failedReads(url: string, user: SeededUser, peer: SeededUser): Promise<string[]> {
  const reads: Record<string, () => Promise<boolean>> = {
    'the profile': async () => (await callRest(url, 'userProfile', {}, { token: user.token })).user_id === user.uid,
    'the roster': async () => Array.isArray(await callRest(url, 'rosterList', {}, { token: user.token })),
    'a new connection and its history': () => history(url, user, peer),
    health: async () => (await fetch(`${url}/healthz`)).ok,
  };
  const failed = Object.entries(reads).map(async ([name, read]) => {
    const fault = await read().then(
      (isWell) => (isWell ? '' : 'a wrong answer'),
      (error: Error) => error.message,
    );
    return fault && `${name}: ${fault}`;
  });
  return (await Promise.all(failed)).filter((fault) => fault !== '');
}

async function history(url: string, user: SeededUser, peer: SeededUser): Promise<boolean> {
  const client = await RawClient.login(url, user);
  try {
    const answer = client.nextSync((sync) => sync.isFullSync && sync.xid?.uid === peer.uid, 10_000);
    client.sync({ xid: { uid: peer.uid }, key: 0, isFullSync: true, fullSyncNum: historyLength });
    const { status, metas } = await answer;
    return (status === undefined || status.code === StatusCode.OK) && metas.length === historyLength;
  } finally {
    client.terminate();
  }
}
