-- Users, groups and pairs of users draw their ids from one counter, so a log is named by one number.
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('id', 10000);

CREATE TABLE app (
  app_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'normal',
  open_registration INTEGER NOT NULL DEFAULT 1,
  strangers_may_chat INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
  uid INTEGER PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES app,
  username TEXT NOT NULL COLLATE NOCASE,
  password_hash TEXT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0, -- 0 normal, 1 disabled, 2 deleted
  nick_name TEXT NOT NULL DEFAULT '',
  avatar TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  mobile TEXT NOT NULL DEFAULT '',
  public_info TEXT NOT NULL DEFAULT '',
  private_info TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT '{}', -- JSON: what differs from the defaults
  last_device INTEGER NOT NULL DEFAULT 0, -- device numbers are never used again
  created_at INTEGER NOT NULL,
  UNIQUE (app_id, username)
) STRICT;

CREATE INDEX user_mobile ON user (app_id, mobile) WHERE mobile <> '';
CREATE INDEX user_email ON user (app_id, email) WHERE email <> '';

CREATE TABLE token (
  hash BLOB PRIMARY KEY, -- sha-256; the token itself is never stored
  uid INTEGER NOT NULL REFERENCES user,
  device_guid TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX token_uid ON token (uid);

CREATE TABLE device (
  uid INTEGER NOT NULL REFERENCES user,
  device_sn INTEGER NOT NULL,
  guid TEXT NOT NULL,
  platform INTEGER NOT NULL,
  agent TEXT NOT NULL,
  first_mid INTEGER NOT NULL, -- the newest entry of the server when the device came: it must have all that follow
  seen_at INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0, -- it had to make room; its number stays its own
  PRIMARY KEY (uid, device_sn),
  UNIQUE (uid, guid)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster (
  uid INTEGER NOT NULL REFERENCES user,
  peer INTEGER NOT NULL REFERENCES user,
  relation INTEGER NOT NULL, -- 0 friend, 1 no longer
  alias TEXT NOT NULL DEFAULT '',
  ext TEXT NOT NULL DEFAULT '',
  mute INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (uid, peer)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster_application (
  uid INTEGER NOT NULL REFERENCES user, -- who is asked
  applicant INTEGER NOT NULL REFERENCES user,
  reason TEXT NOT NULL,
  alias TEXT NOT NULL, -- what the applicant will call the other
  status INTEGER NOT NULL, -- 0 pending, 1 accepted, 2 declined
  expires_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (uid, applicant)
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
  uid INTEGER NOT NULL REFERENCES user,
  peer INTEGER NOT NULL REFERENCES user,
  PRIMARY KEY (uid, peer)
) STRICT, WITHOUT ROWID;

CREATE TABLE pair (
  lo INTEGER NOT NULL REFERENCES user,
  hi INTEGER NOT NULL REFERENCES user,
  log_id INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (lo, hi)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
  log_id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL, -- 0 a user's system conversation, 1 a pair of users, 2 a group
  last_mid INTEGER NOT NULL DEFAULT 0,
  last_message INTEGER NOT NULL DEFAULT 0 -- the last entry that is a message
) STRICT;

-- Not clustered by log: with many conversations that wrote three times the bytes for each row.
CREATE TABLE entry (
  mid INTEGER PRIMARY KEY, -- in commit order; never used again
  log_id INTEGER NOT NULL,
  kind INTEGER NOT NULL, -- 1 message, 2 operation, 3 notice
  state INTEGER NOT NULL DEFAULT 0, -- 0 normal, 1 recalled (the payload is gone)
  from_uid INTEGER NOT NULL,
  from_device INTEGER NOT NULL,
  to_uid INTEGER NOT NULL,
  client_mid INTEGER, -- null for what the server made
  ns INTEGER NOT NULL,
  time INTEGER NOT NULL,
  payload BLOB NOT NULL -- as on the wire
) STRICT;
CREATE INDEX entry_log ON entry (log_id, mid);
CREATE INDEX entry_sent ON entry (from_uid, from_device, client_mid) WHERE client_mid IS NOT NULL;

CREATE TABLE inbox (
  uid INTEGER NOT NULL REFERENCES user,
  peer INTEGER NOT NULL, -- a user, a group, or 0: the system conversation
  log_id INTEGER NOT NULL,
  read_mid INTEGER NOT NULL DEFAULT 0,
  delivered_mid INTEGER NOT NULL DEFAULT 0,
  read_entry INTEGER NOT NULL DEFAULT 0, -- the entry that told of it; the next one replaces it
  delivered_entry INTEGER NOT NULL DEFAULT 0,
  read_all_entry INTEGER NOT NULL DEFAULT 0,
  hidden_mid INTEGER NOT NULL DEFAULT 0, -- the user deleted the conversation up to here, everywhere
  PRIMARY KEY (uid, peer)
) STRICT, WITHOUT ROWID;

CREATE TABLE unread_mark (
  uid INTEGER NOT NULL,
  log_id INTEGER NOT NULL,
  mid INTEGER NOT NULL,
  PRIMARY KEY (uid, log_id, mid)
) STRICT, WITHOUT ROWID;

CREATE TABLE deleted_entry (
  uid INTEGER NOT NULL,
  mid INTEGER NOT NULL,
  PRIMARY KEY (uid, mid)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
  uid INTEGER NOT NULL,
  device_sn INTEGER NOT NULL,
  log_id INTEGER NOT NULL,
  acked_mid INTEGER NOT NULL,
  hidden_mid INTEGER NOT NULL DEFAULT 0, -- deleted on this device up to here
  PRIMARY KEY (uid, device_sn, log_id)
) STRICT, WITHOUT ROWID;
