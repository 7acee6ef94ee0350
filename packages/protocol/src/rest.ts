import { limits, maxId } from './limits.ts';
import type { DnsAnswer, RosterApplication, RosterItem, TokenGrant, UserProfile, UserSettings } from './types.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One parameter, as a JSON schema fragment. Strings are refused when longer than `maxLength` characters. */
export type ParamSchema =
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number; readonly required?: true }
  | {
      readonly type: 'string';
      readonly minLength?: number;
      readonly maxLength: number;
      readonly pattern?: string;
      readonly required?: true;
    }
  | { readonly type: 'boolean'; readonly required?: true }
  | {
      readonly type: 'array';
      readonly items: { readonly type: 'integer'; readonly minimum: number; readonly maximum: number };
      readonly maxItems: number;
      readonly required?: true;
    };

export type Params = Readonly<Record<string, ParamSchema>>;

type ValueOf<S extends ParamSchema> = S extends { type: 'integer' }
  ? number
  : S extends { type: 'boolean' }
    ? boolean
    : S extends { type: 'array' }
      ? number[]
      : string;

/** A request's parameters as its handler gets them: checked, coerced, the optional ones perhaps absent. */
export type RequestOf<P extends Params> = {
  [K in keyof P as P[K] extends { required: true } ? K : never]: ValueOf<P[K]>;
} & {
  [K in keyof P as P[K] extends { required: true } ? never : K]?: ValueOf<P[K]>;
};

/** Who may call: anyone, or the bearer of a user's token. */
export type Access = 'public' | 'user';

export interface Endpoint<P extends Params = Params, R = unknown> {
  /** The first is the one our SDK uses; the others are aliases for deployed clients. */
  readonly methods: readonly Method[];
  readonly path: string;
  /** Where our SDK puts the parameters. The server accepts both places everywhere; the body wins. */
  readonly in: 'query' | 'body';
  readonly access: Access;
  readonly params: P;
  /** Only a type: what `data` of the envelope holds. */
  readonly response?: R;
}

export type ResponseOf<E> = E extends Endpoint<Params, infer R> ? R : never;

const id = { type: 'integer', minimum: 1, maximum: maxId } as const;
const hour = { type: 'integer', minimum: 0, maximum: 23 } as const;
const count = { type: 'integer', minimum: 0, maximum: limits.rosterSize } as const;
const flag = { type: 'boolean' } as const;
const ids = { type: 'array', items: id, maxItems: limits.rosterSize } as const;
const text = <const N extends number>(maxLength: N) => ({ type: 'string', maxLength }) as const;
const filled = <const N extends number>(maxLength: N) => ({ type: 'string', minLength: 1, maxLength }) as const;
const must = <S extends ParamSchema>(schema: S) => ({ ...schema, required: true }) as S & { required: true };

const username = must(filled(limits.usernameChars));
const password = must(filled(limits.passwordMaxChars));
const deviceGuid = text(limits.deviceGuidChars);
const peer = { user_id: must(id) };

function endpoint<R>() {
  return <const P extends Params>(
    methods: readonly Method[],
    path: string,
    place: 'query' | 'body',
    access: Access,
    params: P,
  ): Endpoint<P, R> => ({ methods, path, in: place, access, params });
}

const GET = ['GET'] as const;
const POST = ['POST'] as const;
const UPDATE = ['POST', 'PUT'] as const;
const REMOVE = ['POST', 'DELETE'] as const;

/**
 * Every REST endpoint that this version serves. All answer HTTP 200 with an Envelope (types.ts); the codes are in
 * `errors.ts`.
 */
export const rest = {
  dns: endpoint<DnsAnswer>()(GET, '/v2/app_dns', 'query', 'public', { app_id: must(filled(64)), source: text(16) }),

  tokenByName: endpoint<TokenGrant>()(POST, '/token/user', 'body', 'public', {
    name: text(limits.usernameChars),
    mobile: text(32),
    password,
    device_guid: deviceGuid,
  }),
  tokenById: endpoint<TokenGrant>()(POST, '/token/id', 'body', 'public', {
    user_id: must(id),
    password,
    device_guid: deviceGuid,
  }),
  tokenByLogin: endpoint<TokenGrant>()(POST, '/token/login', 'body', 'public', {
    login_name: must(filled(limits.usernameChars)),
    password,
    device_guid: deviceGuid,
  }),

  /** Ours: ends the token that it is called with, and its sessions. */
  tokenRevoke: endpoint<boolean>()(POST, '/token/revoke', 'body', 'user', {}),

  userRegister: endpoint<UserSettings>()(POST, '/user/register/v2', 'body', 'public', { username, password }),
  userNameCheck: endpoint<boolean>()(GET, '/app/user/name_check', 'query', 'public', { username }),
  userProfile: endpoint<UserProfile>()(GET, '/user/profile', 'query', 'user', {}),
  userProfileUpdate: endpoint<boolean>()(UPDATE, '/user/profile', 'body', 'user', {
    nick_name: text(limits.nicknameChars),
    description: text(limits.descriptionChars),
    public_info: text(limits.infoChars),
    private_info: text(limits.infoChars),
  }),
  userNickName: endpoint<boolean>()(UPDATE, '/user/nickname', 'query', 'user', {
    nick_name: must(text(limits.nicknameChars)),
  }),
  userAvatar: endpoint<boolean>()(UPDATE, '/user/avatar', 'body', 'user', { avatar: must(text(limits.urlChars)) }),
  userSettings: endpoint<UserSettings>()(GET, '/user/settings', 'query', 'user', {}),
  userSettingsUpdate: endpoint<boolean>()(UPDATE, '/user/settings', 'body', 'user', {
    user_id: id,
    auth_mode: { type: 'integer', minimum: 0, maximum: 3 },
    auth_question: text(limits.questionChars),
    auth_answer: text(limits.questionChars),
    auto_download: flag,
    group_confirm: flag,
    no_push: flag,
    no_push_detail: flag,
    no_push_start_hour: hour,
    no_push_end_hour: hour,
    silence_start_time: hour,
    silence_end_time: hour,
    no_sounds: flag,
    vibratory: flag,
    push_nick_name: text(limits.nicknameChars),
    push_token: text(512),
  }),
  userAuthMode: endpoint<boolean>()(UPDATE, '/user/authmode', 'query', 'user', {
    value: must({ type: 'integer', minimum: 0, maximum: 3 } as const),
  }),
  userChangePassword: endpoint<boolean>()(POST, '/user/change_password', 'body', 'user', {
    old_password: password,
    new_password: password,
  }),

  rosterList: endpoint<number[]>()(GET, '/roster/list', 'query', 'user', { cursor: text(64), limit: count }),
  rosterDetails: endpoint<RosterItem[]>()(POST, '/roster/list', 'body', 'user', { list: must(ids) }),
  rosterById: endpoint<RosterItem>()(GET, '/roster/id', 'query', 'user', peer),
  rosterByName: endpoint<RosterItem>()(GET, '/roster/name', 'query', 'user', { username }),
  rosterApply: endpoint<boolean>()(POST, '/roster/apply', 'body', 'user', {
    ...peer,
    alias: text(limits.nicknameChars),
    reason: text(limits.reasonChars),
    auth_answer: text(limits.questionChars),
  }),
  rosterApplyList: endpoint<RosterApplication[]>()(GET, '/roster/apply/list', 'query', 'user', {
    cursor: text(64),
    limit: count,
  }),
  rosterAccept: endpoint<boolean>()(UPDATE, '/roster/accept', 'query', 'user', peer),
  rosterDecline: endpoint<boolean>()(UPDATE, '/roster/decline', 'body', 'user', {
    ...peer,
    reason: text(limits.reasonChars),
  }),
  rosterDelete: endpoint<boolean>()(REMOVE, '/roster/delete', 'query', 'user', peer),
  rosterExt: endpoint<boolean>()(UPDATE, '/roster/ext', 'body', 'user', {
    ...peer,
    alias: text(limits.nicknameChars),
    ext: text(limits.infoChars),
    mute_notification: flag,
  }),
  rosterBlock: endpoint<boolean>()(UPDATE, '/roster/block', 'query', 'user', peer),
  rosterUnblock: endpoint<boolean>()(REMOVE, '/roster/unblock', 'query', 'user', peer),
  rosterBlockedList: endpoint<number[]>()(GET, '/roster/blocked_list', 'query', 'user', {}),
  rosterMayMessage: endpoint<boolean>()(GET, '/roster/may_message', 'query', 'user', {
    ...peer,
    roster_id: must(id),
  }),
} as const;

export type EndpointName = keyof typeof rest;
export type RestRequest<N extends EndpointName> = RequestOf<(typeof rest)[N]['params']>;
export type RestResponse<N extends EndpointName> = ResponseOf<(typeof rest)[N]>;
