-- Who acted under an assignment that ended.
ALTER TABLE assignment ADD COLUMN left_by {uuid};

-- Confidential cases for those who may know that they exist: few, and counted by no village.
CREATE INDEX cases_confidential ON cases (county, recorded_at, id) WHERE confidential;
CREATE INDEX cases_confidential_recent ON cases (recorded_at, id) WHERE confidential;

-- What somebody has read. A notice to a role or a department is read by each for themselves; everything up to `notices_read_at` counts as read.
CREATE TABLE notice_read (
  person {uuid} NOT NULL, notice {uuid} NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (person, notice)) {clustered};
ALTER TABLE person ADD COLUMN notices_read_at BIGINT;
