import { limits } from '../limits.ts';
import type {
  AppConfig,
  Device,
  DnsAnswer,
  LoginCode,
  LoginCodeAnswer,
  SupportStaff,
  TokenGrant,
  UserProfile,
  UserSettings,
} from '../types.ts';
import { endpoint, GET, POST, REMOVE, UPDATE } from './endpoint.ts';
import { deviceGuid, filled, flag, hour, id, must, password, position, text, username, whole } from './schemas.ts';

const value = { value: must(flag) };
const conversation = { conversation_id: must(id) };

/** Finding the service, signing in, and everything of one's own: profile, settings, devices, conversations. */
export const account = {
  dns: endpoint<DnsAnswer>()(GET, '/v2/app_dns', 'query', 'public', { app_id: must(filled(64)), source: text(16) }),
  appConfig: endpoint<AppConfig>()(GET, '/app/config', 'query', 'public', { platform: whole(0, 100) }),
  supportStaff: endpoint<SupportStaff[]>()(GET, '/app/support_staff', 'query', 'user', {}),

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

  loginCode: endpoint<LoginCode>()(GET, '/app/qr_code', 'query', 'public', {}),
  loginCodeAnswer: endpoint<LoginCodeAnswer>()(GET, '/app/qr_login', 'query', 'public', { qr_code: must(filled(128)) }),
  /** Ours: a device that is signed in lets the one that shows the code in. */
  loginCodeConfirm: endpoint<boolean>()(POST, '/app/qr_login', 'body', 'user', { qr_code: must(filled(128)) }),

  userRegister: endpoint<UserSettings>()(POST, '/user/register/v2', 'body', 'public', { username, password }),
  /** `username` is a prefix; the answer has the whole name. `cid` is whom the visitor will talk to. */
  userRegisterAnonymous: endpoint<{ username: string; user_id: number }>()(
    POST,
    '/user/register/anonymous',
    'body',
    'public',
    { username, password, cid: id },
  ),
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
  userName: endpoint<boolean>()(UPDATE, '/user/username', 'query', 'user', { username }),
  /** What the user says of his number; refused where he has shown another one to be his: see `mobileChange`. */
  userMobile: endpoint<boolean>()(UPDATE, '/user/mobile', 'query', 'user', { mobile: must(text(32)) }),
  userAvatar: endpoint<boolean>()(UPDATE, '/user/avatar', 'body', 'user', { avatar: must(text(limits.urlChars)) }),
  userSettings: endpoint<UserSettings>()(GET, '/user/settings', 'query', 'user', {}),
  userSettingsUpdate: endpoint<boolean>()(UPDATE, '/user/settings', 'body', 'user', {
    user_id: id,
    auth_mode: whole(0, 3),
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
  userAuthMode: endpoint<boolean>()(UPDATE, '/user/authmode', 'query', 'user', { value: must(whole(0, 3)) }),
  userDownload: endpoint<boolean>()(UPDATE, '/user/download', 'query', 'user', value),
  userSounds: endpoint<boolean>()(UPDATE, '/user/sounds', 'query', 'user', value),
  userVibratory: endpoint<boolean>()(UPDATE, '/user/vibratory', 'query', 'user', value),
  userPush: endpoint<boolean>()(UPDATE, '/user/push', 'query', 'user', value),
  userPushDetail: endpoint<boolean>()(UPDATE, '/user/push/detail', 'query', 'user', value),
  userPushLimit: endpoint<boolean>()(UPDATE, '/user/push/limit', 'query', 'user', {
    no_push_start_hour: must(hour),
    no_push_end_hour: must(hour),
  }),
  userPushNickName: endpoint<boolean>()(UPDATE, '/user/push/nickname', 'query', 'user', {
    value: must(text(limits.nicknameChars)),
  }),
  userChangePassword: endpoint<boolean>()(POST, '/user/change_password', 'body', 'user', {
    old_password: password,
    new_password: password,
  }),
  /** A user gives his password; an admin who acts for him does not. */
  userDelete: endpoint<boolean>()(REMOVE, '/user/delete', 'body', 'user', { password: text(limits.passwordMaxChars) }),

  deviceList: endpoint<Device[]>()(GET, '/user/device/list', 'query', 'user', {}),
  deviceRemove: endpoint<boolean>()(REMOVE, '/user/device/remove', 'query', 'user', { device_sn: must(id) }),
  /** Without a device: all of them, also the caller's. */
  deviceKick: endpoint<boolean>()(UPDATE, '/user/kick', 'query', 'user', { device_sn: id }),

  conversationPin: endpoint<boolean>()(UPDATE, '/user/conversation/pin', 'body', 'user', conversation),
  conversationUnpin: endpoint<boolean>()(UPDATE, '/user/conversation/unpin', 'body', 'user', conversation),
  conversationPinned: endpoint<{ conversation_ids: number[] }>()(
    GET,
    '/user/conversation/pin_list',
    'query',
    'user',
    {},
  ),
  /** Ours: what the user began to write; an empty text takes it away. */
  conversationDraft: endpoint<boolean>()(UPDATE, '/user/conversation/draft', 'body', 'user', {
    ...conversation,
    draft: must(text(limits.draftChars)),
  }),
  /** Ours: brings a conversation up in the list without writing, or begins one. */
  conversationTouch: endpoint<boolean>()(UPDATE, '/user/conversation/touch', 'body', 'user', {
    ...conversation,
    time: position,
  }),
} as const;
