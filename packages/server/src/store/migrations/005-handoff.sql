-- Whom a visitor finds who follows a link.
CREATE TABLE support_link (
  link TEXT PRIMARY KEY, -- 128 random bits
  app_id TEXT NOT NULL REFERENCES app,
  uid INTEGER NOT NULL REFERENCES user,
  text TEXT NOT NULL,
  type TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX support_link_app ON support_link (app_id, created_at, link);
CREATE INDEX support_link_uid ON support_link (uid);

-- Whom WeChat knows under which open id.
CREATE TABLE open_id (
  app_id TEXT NOT NULL REFERENCES app,
  kind INTEGER NOT NULL, -- 1 of the mini-program, 2 of the official account
  open_id TEXT NOT NULL,
  uid INTEGER NOT NULL REFERENCES user,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (app_id, kind, open_id),
  UNIQUE (uid, kind)
) STRICT, WITHOUT ROWID;

-- How a vendor of phones reaches the device.
ALTER TABLE device ADD COLUMN push_token TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN push_notifier TEXT NOT NULL DEFAULT ''; -- the certificate's name
CREATE INDEX device_push ON device (push_token) WHERE push_token <> '';

CREATE TABLE push_alias (
  uid INTEGER PRIMARY KEY REFERENCES user,
  app_id TEXT NOT NULL REFERENCES app,
  alias TEXT NOT NULL,
  push_token TEXT NOT NULL,
  UNIQUE (app_id, alias)
) STRICT;
CREATE TABLE push_badge (uid INTEGER PRIMARY KEY REFERENCES user, badge INTEGER NOT NULL) STRICT;
CREATE TABLE push_tag (
  uid INTEGER NOT NULL REFERENCES user,
  tag TEXT NOT NULL,
  PRIMARY KEY (uid, tag)
) STRICT, WITHOUT ROWID;
