-- When somebody showed that `mobile` is his, in ms; 0: nobody did, it is what the user says and lets nobody in.
ALTER TABLE user ADD COLUMN mobile_verified_at INTEGER NOT NULL DEFAULT 0;
-- The number by which the user showed who he is; other users of the app may be verified by the same one.
ALTER TABLE user ADD COLUMN verified_by TEXT NOT NULL DEFAULT '';
CREATE INDEX user_verified_by ON user (app_id, verified_by) WHERE verified_by <> '';
