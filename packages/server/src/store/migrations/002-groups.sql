ALTER TABLE app ADD COLUMN user_limit INTEGER NOT NULL DEFAULT 0; -- 0: as many as come
ALTER TABLE app ADD COLUMN licence_expires_at INTEGER NOT NULL DEFAULT 0; -- ms; 0: never

-- The users whom a licence counts.
CREATE INDEX user_counted ON user (app_id, uid) WHERE status <> 2;

CREATE TABLE admin_token (
  hash BLOB PRIMARY KEY, -- sha-256; the token itself is never stored
  app_id TEXT NOT NULL REFERENCES app,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a user who goes had asked.
CREATE INDEX roster_application_pending ON roster_application (applicant) WHERE status = 0;

-- What a user keeps about a conversation, for all his devices.
ALTER TABLE inbox ADD COLUMN pinned_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN draft TEXT NOT NULL DEFAULT '';

-- How far the other user has read, as far as this one is told; in a group, any of the others.
ALTER TABLE inbox ADD COLUMN peer_read_mid INTEGER NOT NULL DEFAULT 0;
UPDATE inbox SET peer_read_mid = coalesce((SELECT p.read_mid FROM inbox p WHERE p.uid = inbox.peer AND p.peer = inbox.uid), 0)
WHERE peer > 0;

-- The entries that carry what was added to a message or replaced in it: they go with it when it is recalled.
CREATE TABLE message_edit (
  mid INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (mid, entry)
) STRICT, WITHOUT ROWID;

-- What there is besides messages in the logs of groups: who wants no messages of a group gets these.
CREATE INDEX entry_besides ON entry (log_id, mid) WHERE kind <> 1 AND to_uid = log_id;

-- A group's id is its log.
CREATE TABLE group_info (
  gid INTEGER PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES app,
  type INTEGER NOT NULL, -- 0 private, 1 public, 2 chatroom
  status INTEGER NOT NULL DEFAULT 0, -- 0 normal, 1 dissolved
  owner INTEGER NOT NULL REFERENCES user,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  avatar TEXT NOT NULL DEFAULT '',
  ext TEXT NOT NULL DEFAULT '',
  member_invite INTEGER NOT NULL DEFAULT 1,
  member_modify INTEGER NOT NULL DEFAULT 0,
  apply_approval INTEGER NOT NULL DEFAULT 1, -- 0 at once, 1 admins decide, 2 nobody
  read_ack INTEGER NOT NULL DEFAULT 0,
  history_visible INTEGER NOT NULL DEFAULT 0,
  hide_member_info INTEGER NOT NULL DEFAULT 0,
  ban_until INTEGER NOT NULL DEFAULT 0, -- seconds; -1 for ever: only owner and admins may send
  capacity INTEGER NOT NULL,
  member_count INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX group_owner ON group_info (owner) WHERE status = 0;
CREATE INDEX group_public ON group_info (app_id, gid) WHERE type = 1 AND status = 0;

CREATE TABLE group_member (
  gid INTEGER NOT NULL REFERENCES group_info,
  uid INTEGER NOT NULL REFERENCES user,
  role INTEGER NOT NULL DEFAULT 0, -- 0 member, 1 admin, 2 owner
  display_name TEXT NOT NULL DEFAULT '',
  joined_at INTEGER NOT NULL,
  joined_mid INTEGER NOT NULL, -- the entry that told of it: what comes before belongs to the others
  ban_until INTEGER NOT NULL DEFAULT 0, -- ms; -1 for ever
  mute_mode INTEGER NOT NULL DEFAULT 0, -- 0 none, 1 no notifications, 2 no messages
  push_mode INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (gid, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_uid ON group_member (uid);
CREATE INDEX group_member_joined ON group_member (gid, joined_mid);

-- From which entry to which a user was in a group (kind 0), and wanted none of its messages (kind 1).
CREATE TABLE group_span (
  gid INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  from_mid INTEGER NOT NULL, -- the first of them
  until_mid INTEGER NOT NULL DEFAULT 9007199254740991, -- the last of them
  PRIMARY KEY (gid, uid, kind, from_mid)
) STRICT, WITHOUT ROWID;

-- Bans of those who left: they hold when they come back.
CREATE TABLE group_ban (
  gid INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  ban_until INTEGER NOT NULL, -- ms; -1 for ever
  PRIMARY KEY (gid, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_kick (
  gid INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (gid, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_block (
  gid INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (gid, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_application (
  gid INTEGER NOT NULL,
  applicant INTEGER NOT NULL,
  reason TEXT NOT NULL,
  status INTEGER NOT NULL, -- 0 pending, 1 accepted, 2 declined
  expires_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (gid, applicant)
) STRICT, WITHOUT ROWID;
-- What a user who goes had asked.
CREATE INDEX group_application_pending ON group_application (applicant) WHERE status = 0;

CREATE TABLE group_invitation (
  gid INTEGER NOT NULL,
  invitee INTEGER NOT NULL,
  inviter INTEGER NOT NULL,
  reason TEXT NOT NULL,
  status INTEGER NOT NULL, -- 0 pending, 1 accepted, 2 declined
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (invitee, gid, inviter)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_announcement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  gid INTEGER NOT NULL,
  author INTEGER NOT NULL,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX group_announcement_gid ON group_announcement (gid, id);

CREATE TABLE group_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  gid INTEGER NOT NULL,
  uploader INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL, -- bytes
  url TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX group_file_gid ON group_file (gid, id);

-- The entry in a sender's system log that tells how far a reader of the group has come; the next one replaces it.
CREATE TABLE group_receipt (
  gid INTEGER NOT NULL,
  reader INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (gid, reader, sender)
) STRICT, WITHOUT ROWID;
