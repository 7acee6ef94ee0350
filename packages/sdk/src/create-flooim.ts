import { checkConfig, checkConfigObject } from './check-config.ts';
import type { FlooimConfig } from './config.ts';
import { Connection } from './connection/connection.ts';
import { type LoadSocketIo, socketIoDoor } from './connection/socketio-door.ts';
import { XsyncSocket } from './connection/xsync-socket.ts';
import { Emitter } from './event/emitter.ts';
import { FileLinks } from './file/file-links.ts';
import { StoreToken } from './file/store-token.ts';
import type { Flooim } from './flooim-types.ts';
import { detectPlatform } from './platform/detect.ts';
import { Dns } from './rest/dns.ts';
import { RestClient } from './rest/rest-client.ts';
import { Session } from './session/session.ts';
import { createEvents } from './surface/events.ts';
import { createGroupManage } from './surface/group-manage.ts';
import { createLogin, createLoginCodes } from './surface/login.ts';
import { createRosterManage } from './surface/roster-manage.ts';
import { createSysManage } from './surface/sys-manage.ts';
import { createUserManage } from './surface/user-manage.ts';

/** `loadSocketIo`: gets the code of a transport that few need, in the way of the build. */
export function createFlooim(config: FlooimConfig, loadSocketIo: LoadSocketIo): Flooim {
  checkConfigObject(config);
  const webSocket = config.WebSocket && { WebSocket: config.WebSocket };
  const platform = detectPlatform({ ...config.platform, ...webSocket });
  const dnsServer = checkConfig(config, platform);
  const emitter = new Emitter();
  const disposal = new AbortController();
  const fetching = { platform, disposed: disposal.signal };
  const dns = new Dns(fetching, emitter, dnsServer, config.appid, config.transport ?? 'websocket');
  const rest = new RestClient(fetching, dns, config.appid);
  const connection = new Connection(platform, {
    url: () => dns.host('socket'),
    socket: config.transport === 'socketio' ? () => socketIoDoor(loadSocketIo, emitter) : async () => XsyncSocket,
    failed: (url) => dns.failed('socket', url),
  });
  const storeToken = new StoreToken(rest);
  const fileLinks = new FileLinks({ appid: config.appid, dns, rest, storeToken });
  const session = new Session({ config, platform, emitter, dns, rest, connection, storeToken });

  return {
    userManage: createUserManage(session, rest, config.appid),
    rosterManage: createRosterManage(session, rest),
    groupManage: createGroupManage(session, rest),
    sysManage: createSysManage(session, rest, fileLinks),
    connection: {
      get state() {
        return connection.state;
      },
      reconnectNow: () => connection.reconnectNow(),
    },
    // Later than the code around this call, so that its listeners are there; an instance disposed at once claims nothing.
    ready: Promise.resolve().then(() => session.resume()),
    ...createLogin(session),
    ...createLoginCodes(session, rest, platform.clock, disposal.signal),
    ...createEvents(emitter),
    dispose: async () => {
      const done = session.dispose();
      disposal.abort();
      await done;
      emitter.clear();
    },
  };
}
