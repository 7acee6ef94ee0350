ALTER TABLE app ADD COLUMN file_bytes_limit INTEGER NOT NULL DEFAULT 0; -- 0: as many as the disk takes

CREATE TABLE file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  object TEXT NOT NULL UNIQUE, -- its name in the blob store and in links: 128 random bits
  app_id TEXT NOT NULL REFERENCES app,
  owner INTEGER NOT NULL REFERENCES user, -- who uploaded it
  is_avatar INTEGER NOT NULL, -- anyone of the app may read it
  name TEXT NOT NULL, -- as the uploader called it
  type TEXT NOT NULL, -- by its content
  size INTEGER NOT NULL, -- bytes
  sha256 BLOB NOT NULL,
  picture INTEGER NOT NULL, -- 0 there is no small picture of it, 1 a picture, 2 a video
  width INTEGER NOT NULL, -- 0: unknown
  height INTEGER NOT NULL,
  duration REAL NOT NULL, -- seconds; 0: unknown
  placeholder TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- What keeps a file; without any it goes.
CREATE TABLE file_ref (
  file INTEGER NOT NULL REFERENCES file,
  kind INTEGER NOT NULL, -- 0 somebody may use it until it expires, 1 a message, 2 a group's shared file, 3 an avatar
  holder INTEGER NOT NULL, -- who may use it; the conversation's log; the group; the user or group with the avatar
  item INTEGER NOT NULL, -- the user or group for whom he may; the mid; the shared file's id; 0
  expires_at INTEGER NOT NULL DEFAULT 0, -- ms; 0: never
  PRIMARY KEY (file, kind, holder, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_ref_item ON file_ref (item, kind);
CREATE INDEX file_ref_holder ON file_ref (holder, kind);
CREATE INDEX file_ref_expiry ON file_ref (expires_at) WHERE expires_at > 0;

-- Logs, groups and users that are no more, as long as they keep files: a large one is cleared bit by bit.
CREATE TABLE file_leaving (holder INTEGER PRIMARY KEY) STRICT;

-- The sum of what somebody uploaded that is still there; uid 0: the whole app.
CREATE TABLE file_usage (
  app_id TEXT NOT NULL REFERENCES app,
  uid INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (app_id, uid)
) STRICT, WITHOUT ROWID;

-- Objects that the blob store may hold for no file: about to be stored, or no longer referred to.
CREATE TABLE stray_object (
  object TEXT PRIMARY KEY,
  since INTEGER NOT NULL -- ms
) STRICT, WITHOUT ROWID;
