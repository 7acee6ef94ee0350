-- What devices number their messages with is about the time: by it, all that is sent now stands on the index's last page, and a
-- commit does not write a page for each who sends.
DROP INDEX entry_sent;
CREATE INDEX entry_sent ON entry (client_mid, from_uid, from_device) WHERE client_mid IS NOT NULL;
