/** The documented data types, as REST carries them. A field without a value is left out; nothing is ever null. */

/** How someone may become a friend: at once, after consent, by answering a question, not at all. */
export type AuthMode = 0 | 1 | 2 | 3;

/** 0 friend, 1 deleted friend, 2 stranger, 3 blocked. */
export type Relation = 0 | 1 | 2 | 3;

export interface TokenGrant {
  user_id: number;
  /** Starts with a letter; opaque. */
  token: string;
  /** When the token ends, in ms since the epoch. */
  expire: number;
  store_token: string;
  access_key_secret: string;
  public_key: string;
  /** Always 0: payloads are not encrypted beyond TLS. */
  encrypt_type: number;
  push_token?: string;
}

export interface UserProfile {
  user_id: number;
  username: string;
  nick_name?: string;
  avatar?: string;
  description?: string;
  email?: string;
  mobile?: string;
  /** Everyone can read it. */
  public_info?: string;
  /** Only the user himself can read it. */
  private_info?: string;
}

export interface UserSettings {
  user_id: number;
  id: number;
  auth_mode: AuthMode;
  auth_question?: string;
  auth_answer?: string;
  auto_download: boolean;
  /** True: the user is asked before he is added to a group. */
  group_confirm: boolean;
  no_push: boolean;
  /** True: push messages hide the text. */
  no_push_detail: boolean;
  no_push_start_hour: number;
  no_push_end_hour: number;
  silence_start_time: number;
  silence_end_time: number;
  no_sounds: boolean;
  vibratory: boolean;
  push_nick_name?: string;
  push_token?: string;
}

export interface RosterItem {
  user_id: number;
  username: string;
  nick_name?: string;
  avatar?: string;
  alias?: string;
  ext?: string;
  description?: string;
  public_info?: string;
  auth_mode: AuthMode;
  auth_question?: string;
  mute_notification: boolean;
  relation: Relation;
}

export interface RosterApplication {
  /** Who applied. */
  user_id: number;
  reason?: string;
  /** 0 pending, 1 accepted, 2 declined. */
  status: 0 | 1 | 2;
  /** In ms since the epoch. */
  expired_time: number;
}

/** One endpoint of the service: `protocol://host[:port]`, with `path` where it is not the door's usual one. */
export interface ServiceHost {
  protocol: string;
  host: string;
  path?: string;
}

export interface DnsAnswer {
  version: number;
  app_status: 'normal' | 'banned' | 'frozen' | 'revoked';
  account_verification: { type: string; name: string; status: string };
  dns_list: {
    group_level: number;
    clusters: {
      ratel: ServiceHost[];
      webim: ServiceHost[];
      rtc: ServiceHost[];
      /** Our realtime door; deployed clients ignore it. */
      xsync: ServiceHost[];
    }[];
  }[];
  dns_server_list: { domain: string }[];
  link_server_list: { domain: string }[];
}

/** Every REST answer: HTTP 200, and `code` decides. */
export interface Envelope<T> {
  code: number;
  message?: string;
  data?: T;
  cursor?: string;
  version?: number;
}
