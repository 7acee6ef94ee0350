import type { AppDetails } from '@flooim/protocol';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { Handlers } from '../http/caller.ts';
import { type AppService, type AppStatus, appStatuses } from './app-service.ts';

type Served =
  | 'operatorApps'
  | 'operatorAppCreate'
  | 'operatorAppUpdate'
  | 'operatorAppToken'
  | 'operatorAppTokensEnd'
  | 'operatorAppMoved';

/** What a header and a URL carry as it is. */
const appIdShape = /^[A-Za-z0-9][\w.-]*$/;

export function appRoutes({ apps, adminTokens }: Pick<Context, 'apps' | 'adminTokens'>): Pick<Handlers, Served> {
  return {
    operatorApps: async () => apps.details(),

    async operatorAppCreate({ app_id, name }) {
      if (!appIdShape.test(app_id)) {
        throw new ServerError('invalidParameter', 'app_id: letters, digits, underscore, dot and hyphen only');
      }
      await apps.create(app_id, name || app_id);
      return detailsOf(apps, app_id);
    },

    async operatorAppUpdate({ app_id, status, ...change }) {
      await apps.update(app_id, {
        ...(change.name && { name: change.name }),
        ...(status !== undefined && { status: readStatus(status) }),
        openRegistration: change.open_registration,
        strangersMayChat: change.strangers_may_chat,
        userLimit: change.user_limit,
        fileBytesLimit: change.file_bytes_limit,
        licenceExpiresAt: change.licence_expires_at,
      });
      return detailsOf(apps, app_id);
    },

    async operatorAppToken({ app_id }) {
      return { token: await adminTokens.create(apps.require(app_id).appId) };
    },

    async operatorAppTokensEnd({ app_id }) {
      await adminTokens.endAll(apps.require(app_id).appId);
      return true;
    },

    operatorAppMoved: async ({ app_id }) => ({ sessions: await apps.moved(app_id) }),
  };
}

async function detailsOf(apps: AppService, appId: string): Promise<AppDetails> {
  const found = (await apps.details()).find(({ app_id }) => app_id === appId);
  if (!found) throw new ServerError('appNotFound');
  return found;
}

function readStatus(given: string): AppStatus {
  const found = appStatuses.find((status) => status === given);
  if (!found) throw new ServerError('invalidParameter', `status must be one of ${appStatuses.join(', ')}`);
  return found;
}
