import { maxId, type ServerEndpointName, serverRest } from '@flooim/protocol';
import type { FastifyRequest } from 'fastify';
import type { Administrator } from '../admin/admin-token-service.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../error.ts';
import type { LinkPass } from '../file/passes.ts';
import { networkOf } from './address.ts';
import type { Caller } from './caller.ts';

type Parts = Pick<Context, 'apps' | 'tokens' | 'adminTokens' | 'users' | 'groupDirectory' | 'passes' | 'clock'>;
type Identity = Omit<Caller, 'network' | 'protocol' | 'host'>;
type Asked = Pick<Caller, 'appId' | 'uid' | 'tokenHash'>;

/** Nobody in particular. */
const anyone = { uid: 0, isAdmin: false, deviceGuid: '', tokenHash: new Uint8Array(0) };

/** Who asks these does not name the app by its header. They look by themselves whether it is in order, or tell that it is not. */
export const namesNoApp: ReadonlySet<ServerEndpointName> = new Set(['dns', 'linkInfo']);

/**
 * Decides, for every endpoint, who may call it: the app has to be in order, and so has the token where one is asked for. The
 * operator is the only one whom an app that is not in order does not refuse.
 */
export async function authorize(parts: Parts, name: ServerEndpointName, request: FastifyRequest): Promise<Caller> {
  const protocol = request.protocol === 'https' ? 'https' : 'http';
  return { ...(await identify(parts, name, request)), network: networkOf(request.ip), protocol, host: request.host };
}

async function identify(parts: Parts, name: ServerEndpointName, request: FastifyRequest): Promise<Identity> {
  if (namesNoApp.has(name)) return { ...anyone, appId: '' };
  const { access } = serverRest[name];
  if (access === 'upload') return upload(parts, request);
  if (access === 'download') {
    const holder = await downloader(parts, name, request);
    if (holder) return holder;
  }
  const token = credential(request, 'access-token');
  const administrator = await parts.adminTokens.administrator(token);
  if (access === 'operator') return operate(parts, token, administrator);
  const appId = credential(request, 'app_id');
  const { appId: found } = administrator?.kind === 'operator' ? parts.apps.require(appId) : parts.apps.normal(appId);
  if (access === 'public') return { ...anyone, appId: found };
  if (administrator) return administer(parts, administrator, appId, access, request);
  refuseEnded(parts, token);
  const bearer = await parts.tokens.verify(appId, token);
  if (access === 'admin') throw new ServerError('noPermission');
  return { ...bearer, isAdmin: false };
}

async function operate(parts: Parts, token: string, administrator: Administrator | undefined): Promise<Identity> {
  if (administrator?.kind === 'operator') return asAdmin(administrator, '', 0);
  if (administrator) throw new ServerError('noPermission');
  refuseEnded(parts, token);
  await parts.tokens.verifyAny(token);
  throw new ServerError('noPermission');
}

async function administer(
  parts: Parts,
  administrator: Administrator,
  appId: string,
  access: 'user' | 'sender' | 'admin' | 'download',
  { headers }: FastifyRequest,
): Promise<Identity> {
  if (administrator.kind === 'app' && administrator.appId !== appId) throw new ServerError('tokenForeign');
  const uid = await namedUser(parts, appId, headers);
  if (uid === 0 && (access === 'user' || access === 'download'))
    throw new ServerError('invalidParameter', 'the header user_id is required');
  return asAdmin(administrator, appId, uid);
}

/** For whom the address was made, if he is still who he was. */
async function upload(parts: Parts, request: FastifyRequest): Promise<Identity> {
  const pass = parts.passes.uploads.read(parameter(request, 'upload'));
  if (!pass || pass.expiresAt <= parts.clock()) throw new ServerError('uploadInvalid');
  return bearerOf(parts, ofPass(pass));
}

/** Whom a signed link or the credential of files stands for; undefined where there is neither. */
async function downloader(
  parts: Parts,
  name: ServerEndpointName,
  request: FastifyRequest,
): Promise<Identity | undefined> {
  const signed = parameter(request, 'signed');
  if (signed) {
    const pass = parts.passes.links.read(signed);
    // What the endpoint opens: it may name another file besides, which it ignores.
    const object = parameter(request, name === 'fileDownloadAvatar' ? 'object_name' : 'file_sign');
    if (!pass || pass.object !== object || pass.expiresAt <= parts.clock()) throw new ServerError('tokenInvalid');
    return bearerOf(parts, ofPass(pass));
  }
  const storeToken = parameter(request, 'store_token');
  if (!storeToken || credential(request, 'access-token')) return undefined;
  const bearer = await parts.tokens.verifyStoreToken(storeToken);
  const appId = credential(request, 'app_id');
  if (appId && bearer.appId !== appId) throw new ServerError('tokenForeign');
  return { ...bearer, isAdmin: false };
}

function ofPass({ appId, uid, tokenHash }: LinkPass): Asked {
  return { appId, uid, tokenHash: Buffer.from(tokenHash, 'base64url') };
}

/** Who asked before, with a token that must not have ended since. */
export async function bearerOf(
  parts: Pick<Parts, 'apps' | 'tokens' | 'adminTokens' | 'users'>,
  { appId, uid, tokenHash }: Asked,
): Promise<Identity> {
  const administrator = await parts.adminTokens.holder(tokenHash);
  if (administrator) {
    if (administrator.kind === 'app') parts.apps.normal(appId);
    // For whom he acted may have gone since.
    if (!(await parts.users.account(appId, { uid }))) throw new ServerError('userNotFound');
    return asAdmin(administrator, appId, uid);
  }
  return { ...(await parts.tokens.verifyHash(tokenHash)), isAdmin: false };
}

function asAdmin({ tokenHash }: Administrator, appId: string, uid: number): Identity {
  return { appId, uid, isAdmin: true, deviceGuid: '', tokenHash };
}

/** For whom an administrator calls: a user, or the owner of a group; 0 for nobody. */
async function namedUser(parts: Parts, appId: string, headers: FastifyRequest['headers']): Promise<number> {
  const uid = readId(headers, 'user_id');
  const gid = readId(headers, 'group_id');
  if (uid && gid) throw new ServerError('invalidParameter', 'the headers user_id and group_id exclude each other');
  if (uid && !(await parts.users.account(appId, { uid }))) throw new ServerError('userNotFound');
  if (!gid) return uid;
  const group = parts.groupDirectory.get(gid);
  if (!group || group.appId !== appId || group.isDissolved) throw new ServerError('groupNotFound');
  return group.owner;
}

/** Only from the header: the parameter of the same name is somebody else. */
function readId(headers: FastifyRequest['headers'], name: 'user_id' | 'group_id'): number {
  const given = headers[name] ?? '';
  if (given === '') return 0;
  const id = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : 0;
  if (id < 1 || id > maxId) throw new ServerError('invalidParameter', `the header ${name} must be an id`);
  return id;
}

/** The token of an administrator whom nobody knows has ended. */
function refuseEnded({ adminTokens }: Parts, token: string): void {
  if (adminTokens.hasShape(token)) throw new ServerError('tokenInvalid');
}

/** By what the requests of an administrator of the named app are counted; undefined for everybody else. */
export async function administratorKey({ adminTokens }: Parts, request: FastifyRequest): Promise<string | undefined> {
  const administrator = await adminTokens.administrator(credential(request, 'access-token'));
  const isForeign = administrator?.kind === 'app' && administrator.appId !== credential(request, 'app_id');
  return administrator && !isForeign ? Buffer.from(administrator.tokenHash).toString('hex') : undefined;
}

/**
 * By what the requests of a user are counted, if that is known without looking for his token. Links and the credential of
 * files are counted apart: pages show them, and who sees one must not be able to use up what its user may ask.
 */
export function userKey({ tokens, passes }: Parts, request: FastifyRequest): string | undefined {
  const uid = tokens.knownUser(credential(request, 'access-token'));
  if (uid !== undefined) return `user ${uid}`;
  const holder =
    passes.links.read(parameter(request, 'signed'))?.uid ??
    passes.uploads.read(parameter(request, 'upload'))?.uid ??
    tokens.knownUserOfFiles(parameter(request, 'store_token'));
  return holder === undefined ? undefined : `files ${holder}`;
}

function parameter(request: FastifyRequest, name: string): string {
  const given = (request.query as Record<string, unknown>)[name];
  return typeof given === 'string' ? given : '';
}

/** From the header or, for links that a browser opens, from the query. */
function credential(request: FastifyRequest, name: 'app_id' | 'access-token'): string {
  const given = request.headers[name] ?? (request.query as Record<string, unknown>)[name];
  return typeof given === 'string' ? given : '';
}
