import type { ServerEndpointName } from '@flooim/protocol';
import { expect } from 'vitest';
import type { Config, Overrides } from '../../src/server.ts';
import { type Answer, type Asking, ask, changeDatabase, type People, standingClock, startPeople } from './rest.ts';
import { SmsGateway } from './sms-gateway.ts';

/** People on a server that has a gateway for text messages. */
export interface Mobiles extends People {
  gateway: SmsGateway;
  clock: ReturnType<typeof standingClock>;
  /** Calls without a token, each time from another address unless one is given. */
  from(name: ServerEndpointName, params: object, address?: string, asking?: Asking): Promise<Answer>;
  /** Has a code sent to a number, and reads it there. A minute has passed since the last one. */
  codeFor(mobile: string, appId?: string): Promise<string>;
}

export async function startMobiles(config: Partial<Config> = {}, overrides: Overrides = {}): Promise<Mobiles> {
  const gateway = await SmsGateway.open();
  const clock = standingClock();
  const settings = { smsUrl: gateway.url, smsSecret: gateway.secret, trustProxy: true, ...config };
  const people = await startPeople(settings, { clock, ...overrides });
  let addresses = 0;
  const nextAddress = () => {
    addresses += 1;
    return `10.1.${addresses >> 8}.${addresses & 255}`;
  };
  const from: Mobiles['from'] = (name, params, address = nextAddress(), asking = {}) =>
    ask(people.url, name, params, { ...asking, headers: { 'x-forwarded-for': address, ...asking.headers } });
  return {
    ...people,
    gateway,
    clock,
    from,
    async codeFor(mobile, appId = 'flooim') {
      clock.advance(60_000);
      const answer = await from('smsCode', { mobile }, nextAddress(), { appId });
      expect(answer.code, answer.text).toBe(200);
      return gateway.code(mobile);
    },
    async close() {
      await people.close();
      await gateway.close();
    },
  };
}

/** As if nobody had ever had a number. */
export function forgetNumbers({ server }: Mobiles): void {
  changeDatabase(
    server,
    "UPDATE user SET mobile = '', mobile_verified_at = 0, verified_by = '', status = 0 WHERE status < 2",
  );
}

let numbers = 0;
/** One that no test has used. */
export function newNumber(): string {
  numbers += 1;
  return `+49151${String(numbers).padStart(8, '0')}`;
}

/** Another code than this one. */
export function wrong(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}
