-- Who stands for an account: two people, or the operator of the machine. Null: one person alone, or before this was kept.
ALTER TABLE person ADD COLUMN vouched_at BIGINT;
-- The last time step whose code was used (RFC 6238, 5.2).
ALTER TABLE person ADD COLUMN totp_step BIGINT;

ALTER TABLE api_token ADD COLUMN name TEXT;
ALTER TABLE api_token ADD COLUMN scope TEXT;
ALTER TABLE api_token ADD COLUMN expires_at BIGINT;
CREATE INDEX api_token_person ON api_token (person);

-- One-time codes by which people set a password of their own. Only digests. With two halves, one is told by who proposed, one by who confirmed.
CREATE TABLE activation (
  id {uuid} PRIMARY KEY, person {uuid} NOT NULL, first {blob} NOT NULL UNIQUE, second {blob}, halves INTEGER NOT NULL, proposal {uuid}, made_by {uuid},
  confirmed_by {uuid}, failures INTEGER NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, ended_at BIGINT);
CREATE INDEX activation_person ON activation (person);

-- What takes two people: kind is post (a post is given) or reset (somebody gets a new activation). Without a proposer, the machine's operator did it.
CREATE TABLE post_proposal (
  id {uuid} PRIMARY KEY, kind {key} NOT NULL, person {uuid} NOT NULL, role {key}, path {key} NOT NULL, department {key}, from_at BIGINT, until_at BIGINT,
  reason TEXT, state {key} NOT NULL, proposed_by {uuid}, proposed_family {key}, proposed_at BIGINT NOT NULL, decided_by {uuid}, decided_at BIGINT,
  note TEXT);
CREATE INDEX post_proposal_state ON post_proposal (state, proposed_at, id);
CREATE INDEX post_proposal_person ON post_proposal (person, state);

-- Failed tries to sign in, by keyed digests, for accounts that exist and names that do not alike.
CREATE TABLE sign_in_guard (name {blob} PRIMARY KEY, account {blob} NOT NULL, failures INTEGER NOT NULL, at BIGINT NOT NULL, until_at BIGINT);
CREATE INDEX sign_in_guard_account ON sign_in_guard (account);
CREATE INDEX sign_in_guard_at ON sign_in_guard (at);

-- Where a region's three administrators are held by one above it.
CREATE TABLE administration (path {key} PRIMARY KEY, held_by {key} NOT NULL, chosen_by {uuid}, at BIGINT NOT NULL);
