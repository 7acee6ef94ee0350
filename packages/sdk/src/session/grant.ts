import type { RestClient } from '../rest/rest-client.ts';
import type { SessionKeys } from './stored-session.ts';
import type { Credentials } from './token-renewal.ts';

/** A token for whoever knows the password. */
export async function grant(rest: RestClient, credentials: Credentials): Promise<SessionKeys> {
  const { user_id, token, store_token } =
    'name' in credentials ? await rest.call('tokenByName', credentials) : await rest.call('tokenById', credentials);
  return { uid: user_id, token, storeToken: store_token };
}
