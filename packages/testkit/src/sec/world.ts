import { randomBytes } from 'node:crypto';
import type { ServerEndpointName, ServerRequest, ServerResponse } from '@flooim/protocol';
import { Passwords } from '../../../server/src/token/passwords.ts';
import { callRest } from '../rest.ts';
import type { TestServer } from '../start-server.ts';
import type { Secrets } from './secrets.ts';

/** Somebody with a token, in his app. */
export interface Person {
  uid: number;
  appId: string;
  username: string;
  token: string;
  /** What opens files and nothing else. */
  storeToken: string;
}

export const otherApp = 'other';
const ownApp = 'flooim';
const madeAtOnce = 400;

/** A running server with two apps, and people for whoever needs some. */
export class World {
  readonly server: TestServer;
  readonly secrets: Secrets;
  readonly adminTokens = { [ownApp]: '', [otherApp]: '' } as Record<string, string>;
  readonly operatorToken: string;
  /** Everybody's. */
  readonly password: string;
  readonly #people = new Map<string, Promise<Person>[]>();
  #passwordHash = '';
  #names = 0;

  private constructor(server: TestServer, secrets: Secrets) {
    this.server = server;
    this.secrets = secrets;
    this.operatorToken = secrets.keep(server.context.secrets.operatorToken);
    this.password = secrets.text('Pw1');
  }

  static async of(server: TestServer, secrets: Secrets): Promise<World> {
    const world = new World(server, secrets);
    await world.operate('operatorAppCreate', { app_id: otherApp });
    await world.operate('operatorAppUpdate', { app_id: ownApp, strangers_may_chat: false });
    for (const appId of [ownApp, otherApp]) {
      const { token } = await world.operate('operatorAppToken', { app_id: appId });
      world.adminTokens[appId] = secrets.keep(token);
    }
    world.#passwordHash = await new Passwords(server.context.clock).hash(ownApp, world.password);
    return world;
  }

  get url(): string {
    return this.server.url;
  }

  /** Somebody new, whom nobody knows. */
  person(appId = ownApp): Promise<Person> {
    const waiting = this.#people.get(appId) ?? [];
    this.#people.set(appId, waiting);
    if (waiting.length === 0) waiting.push(...Array.from({ length: madeAtOnce }, () => this.#make(appId)));
    return waiting.pop() as Promise<Person>;
  }

  /** A name that nothing has yet. */
  newName(): string {
    return `name_${++this.#names}`;
  }

  /** A number that nobody has. */
  newMobile(): string {
    return `+49151${String(++this.#names).padStart(8, '0')}`;
  }

  /** Has to work. */
  async call<N extends ServerEndpointName>(
    person: Person,
    name: N,
    parameters: ServerRequest<N>,
  ): Promise<ServerResponse<N>> {
    return callRest(this.url, name, parameters, person);
  }

  /** In the name of an app's service, for a user if one is named. */
  administer<N extends ServerEndpointName>(
    name: N,
    parameters: ServerRequest<N>,
    { appId, uid }: { appId: string; uid?: number },
  ): Promise<ServerResponse<N>> {
    return callRest(this.url, name, parameters, { token: this.adminTokens[appId], appId, uid });
  }

  /** Without a token. */
  public<N extends ServerEndpointName>(
    name: N,
    parameters: ServerRequest<N>,
    appId: string,
  ): Promise<ServerResponse<N>> {
    return callRest(this.url, name, parameters, { appId });
  }

  operate<N extends ServerEndpointName>(name: N, parameters: ServerRequest<N>): Promise<ServerResponse<N>> {
    return callRest(this.url, name, parameters, { token: this.operatorToken });
  }

  /** By the server's own command, past the hash of a password. */
  async #make(appId: string): Promise<Person> {
    const { writer, clock, tokens } = this.server.context;
    const username = `user_${randomBytes(8).toString('hex')}`;
    const user = { appId, username, passwordHash: this.#passwordHash, time: clock() };
    const { uid } = await new Promise<{ uid: number }>((resolve, reject) => {
      writer.submit('user.create', user, (error, made) => (error ? reject(error) : resolve(made as { uid: number })));
    });
    const grant = await tokens.issue(uid, '');
    for (const secret of [grant.store_token, grant.access_key_secret]) this.secrets.keep(secret);
    const { token, store_token: storeToken } = grant;
    return { uid, appId, username, token: this.secrets.keep(token), storeToken };
  }
}
