-- Fingerprints of the keys that this database's records and sealed values are made with. They reveal nothing of the keys.
CREATE TABLE key_fingerprint (name {key} PRIMARY KEY, digest {blob} NOT NULL, at BIGINT NOT NULL);

-- `untagged_tag` binds `untagged` to the key of tags. `fault` says why the log does not grow, to every process that serves.
ALTER TABLE ledger ADD COLUMN untagged_tag {blob};
ALTER TABLE ledger ADD COLUMN fault TEXT;
ALTER TABLE ledger ADD COLUMN fault_at BIGINT;

-- A job of a name is queued once. `holder` is drawn anew for each claim, so that who lost a claim cannot end the job.
ALTER TABLE job ADD COLUMN name {key};
ALTER TABLE job ADD COLUMN holder {uuid};
ALTER TABLE job ADD COLUMN error_zh TEXT;
CREATE UNIQUE INDEX job_name ON job (name) WHERE name IS NOT NULL;

-- Cases whose timer was refused, why, and when it is tried again. The alert itself stays due in the row of the case.
CREATE TABLE timer_refusal (
  case_id {uuid} PRIMARY KEY, since BIGINT NOT NULL, tries INTEGER NOT NULL, tried_at BIGINT NOT NULL, retry_at BIGINT NOT NULL, code {key} NOT NULL,
  zh TEXT NOT NULL, en TEXT NOT NULL);

-- What began and ended on a day, for `stage_day`.
CREATE INDEX assignment_opened ON assignment (opened_at);
CREATE INDEX assignment_left ON assignment (left_at) WHERE left_at IS NOT NULL;
