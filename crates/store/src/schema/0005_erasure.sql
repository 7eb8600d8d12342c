-- Erasures from their proposal to the decision. They name fields, never values. Numbers of cases are copied, for they never change.
CREATE TABLE erasure (
  id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL, number {key} NOT NULL, fields TEXT NOT NULL, authority {uuid} NOT NULL, authority_number {key} NOT NULL,
  reason TEXT NOT NULL, state {key} NOT NULL, proposed_by {uuid} NOT NULL, proposed_at BIGINT NOT NULL, decided_by {uuid}, decided_at BIGINT, note TEXT);
CREATE INDEX erasure_case ON erasure (case_id);
CREATE INDEX erasure_state ON erasure (state, proposed_at, id);

-- What is left to do after the transaction of an erasure: files to delete, pages of the database to clear. A row goes when it is done.
CREATE TABLE erasure_rest (kind {key} NOT NULL, name {key} NOT NULL, PRIMARY KEY (kind, name)) {clustered};

ALTER TABLE attachment ADD COLUMN erased_at BIGINT;
