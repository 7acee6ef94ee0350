import type { Clock } from '../platform/platform.ts';
import type { RestClient } from '../rest/rest-client.ts';

const patienceMs = 2000;

/** Ends the client's present token on the server, as well as that can be done in two seconds. */
export function revokeToken(rest: RestClient, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, patienceMs);
    const done = () => {
      clock.clearTimeout(timer);
      resolve();
    };
    rest.call('tokenRevoke', {}).then(done, done);
  });
}
