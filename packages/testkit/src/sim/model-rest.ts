import { errors } from '@flooim/protocol';
import type { Random } from '../random.ts';
import type { ModelServer } from './model-server.ts';
import type { Page } from './sim-database.ts';

/** What REST calls of one page meet. */
export interface RestFaults {
  /** How many of the next calls get no answer, or none that means anything. */
  failing: number;
  /** How long an answer takes at most. */
  slowMs: number;
}

interface Asked {
  path: string;
  token: string;
  body: Record<string, unknown>;
}

const service = { protocol: 'http', host: 'server.test' };
const addresses = {
  app_status: 'normal',
  dns_list: [
    {
      group_level: 0,
      clusters: [{ ratel: [service], webim: [service], rtc: [], xsync: [{ ...service, path: '/xsync' }] }],
    },
  ],
};

/** `fetch` of a page: the calls that a session needs. A user's name is his id. */
export function restFetch(server: ModelServer, page: Page, random: Random, faults: RestFaults): typeof fetch {
  const call = (input: string, init: RequestInit) =>
    new Promise<unknown>((resolve, reject) => {
      const asked = readCall(input, init);
      const abort = () => reject(new Error('aborted'));
      init.signal?.addEventListener('abort', abort);
      page.later(random.between(1, faults.slowMs), () => {
        init.signal?.removeEventListener('abort', abort);
        const isFailing = faults.failing > 0 && faults.failing--;
        if (!server.isUp || (isFailing && random.chance(0.5))) return reject(new TypeError('fetch failed'));
        const answer = isFailing ? undefined : answerTo(server, asked);
        page.later(random.between(1, faults.slowMs), () => resolve(response(answer)));
      });
    });
  return call as unknown as typeof fetch;
}

function response(answer: object | undefined): object {
  return { ok: answer !== undefined, status: answer ? 200 : 502, json: async () => answer };
}

function readCall(input: string, init: RequestInit): Asked {
  const headers = init.headers as Record<string, string>;
  const body = typeof init.body === 'string' ? JSON.parse(init.body) : {};
  return { path: new URL(input).pathname, token: headers['access-token'] ?? '', body };
}

function answerTo(server: ModelServer, { path, token, body }: Asked): object {
  if (path === '/v2/app_dns') return done(addresses);
  if (path === '/token/user') {
    const uid = Number(body['name']);
    return done({ user_id: uid, token: server.grant(uid), store_token: `store ${uid}` });
  }
  if (!server.userOf(token)) return { code: errors.tokenInvalid.code, message: errors.tokenInvalid.text };
  if (path === '/roster/list') return done([]);
  if (path === '/token/store') return done({ store_token: `store of ${token}` });
  return { code: errors.notAvailable.code, message: errors.notAvailable.text };
}

function done(data: unknown): object {
  return { code: 200, data };
}
