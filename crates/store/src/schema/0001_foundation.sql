-- Types in braces differ between the databases: {uuid} {blob} {real} {key} (text compared byte by byte). Times are microseconds since 1970 UTC.
CREATE TABLE setting (name {key} PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE catalog_release (id {key} PRIMARY KEY, files TEXT NOT NULL, created_at BIGINT NOT NULL);

CREATE TABLE region (
  path {key} NOT NULL, version INTEGER NOT NULL, level {key} NOT NULL, code {key} NOT NULL, name TEXT NOT NULL, pinyin TEXT NOT NULL, initials TEXT NOT NULL,
  lon {real}, lat {real}, outline TEXT, from_at BIGINT NOT NULL, until_at BIGINT,
  PRIMARY KEY (path, version));
CREATE INDEX region_code ON region (code);

CREATE TABLE grid (
  code {key} NOT NULL, version INTEGER NOT NULL, path {key} NOT NULL, name TEXT NOT NULL, kind {key} NOT NULL, schematic BOOLEAN NOT NULL,
  geometry TEXT NOT NULL, lon {real} NOT NULL, lat {real} NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT,
  PRIMARY KEY (code, version));
CREATE INDEX grid_path ON grid (path);

CREATE TABLE person (
  id {uuid} PRIMARY KEY, account {key} NOT NULL UNIQUE, name TEXT NOT NULL, phone {blob}, password TEXT, totp {blob}, failures INTEGER NOT NULL,
  locked_until BIGINT, password_at BIGINT, created_at BIGINT NOT NULL, disabled_at BIGINT, demo BOOLEAN NOT NULL);
CREATE TABLE post (
  id {uuid} PRIMARY KEY, person {uuid} NOT NULL, role {key} NOT NULL, path {key} NOT NULL, department {key}, from_at BIGINT NOT NULL, until_at BIGINT);
CREATE INDEX post_person ON post (person);
CREATE INDEX post_path ON post (path);
CREATE TABLE grid_duty (
  path {key} NOT NULL, role {key} NOT NULL, person {uuid} NOT NULL, from_at BIGINT NOT NULL, until_at BIGINT,
  PRIMARY KEY (path, role, person, from_at));

CREATE TABLE session (
  token {blob} PRIMARY KEY, person {uuid} NOT NULL, post {uuid} NOT NULL, csrf {key} NOT NULL, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_at);
CREATE TABLE api_token (
  token {blob} PRIMARY KEY, person {uuid} NOT NULL, post {uuid} NOT NULL, created_at BIGINT NOT NULL, revoked_at BIGINT);
CREATE TABLE login_link (token {blob} PRIMARY KEY, person {uuid} NOT NULL, goto TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT);

CREATE TABLE cases (
  id {uuid} PRIMARY KEY, number {key} NOT NULL UNIQUE, matter {key} NOT NULL, family {key} NOT NULL, procedure {key} NOT NULL, release {key} NOT NULL,
  state {key} NOT NULL, version INTEGER NOT NULL, path {key} NOT NULL, grid {key}, lon {real}, lat {real}, cell BIGINT, department {key},
  confidential BOOLEAN NOT NULL, demo BOOLEAN NOT NULL, reporter {uuid}, occurred_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, closed_at BIGINT,
  due_at BIGINT, overall_due_at BIGINT, next_alert_at BIGINT, alert SMALLINT NOT NULL, paused BOOLEAN NOT NULL, provisional BOOLEAN NOT NULL,
  duplicate_of {uuid}, contact {blob}, body TEXT NOT NULL);
CREATE INDEX cases_path ON cases (path, recorded_at);
CREATE INDEX cases_recorded ON cases (recorded_at, id);
CREATE INDEX cases_department ON cases (department, recorded_at);
CREATE INDEX cases_cell ON cases (cell, recorded_at);
CREATE INDEX cases_alert ON cases (next_alert_at) WHERE next_alert_at IS NOT NULL;
CREATE INDEX cases_due ON cases (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX cases_joined ON cases (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX cases_place ON cases (lat, lon) WHERE closed_at IS NULL AND lat IS NOT NULL;

CREATE TABLE assignment (
  case_id {uuid} NOT NULL, n INTEGER NOT NULL, stage {key} NOT NULL, kind {key} NOT NULL, role {key} NOT NULL, path {key} NOT NULL, department {key},
  person {uuid}, village {key} NOT NULL, opened_at BIGINT NOT NULL, due_at BIGINT, left_at BIGINT, outcome {key}, version INTEGER NOT NULL,
  PRIMARY KEY (case_id, n)) {clustered};
CREATE INDEX assignment_inbox ON assignment (role, path, due_at) WHERE left_at IS NULL;

CREATE TABLE case_access (
  principal {key} NOT NULL, case_id {uuid} NOT NULL, since BIGINT NOT NULL, until BIGINT, why {key} NOT NULL,
  PRIMARY KEY (principal, case_id, since)) {clustered};
CREATE INDEX case_access_case ON case_access (case_id);

CREATE TABLE record (
  id {uuid} PRIMARY KEY, kind {key} NOT NULL, subject {uuid} NOT NULL, recorded_at BIGINT NOT NULL, canonical {blob} NOT NULL, salts {blob} NOT NULL,
  commitment {blob} NOT NULL);
CREATE INDEX record_subject ON record (subject);

CREATE TABLE change_feed (
  seq BIGINT PRIMARY KEY, kind {key} NOT NULL, id {uuid} NOT NULL, version INTEGER NOT NULL, state {key} NOT NULL, path {key} NOT NULL, department {key},
  confidential BOOLEAN NOT NULL, at BIGINT NOT NULL);
CREATE TABLE feed_head (id SMALLINT PRIMARY KEY, seq BIGINT NOT NULL);
INSERT INTO feed_head (id, seq) VALUES (1, 0);

CREATE TABLE case_serial (day {key} PRIMARY KEY, n BIGINT NOT NULL);
CREATE TABLE counter (
  village {key} NOT NULL, matter {key} NOT NULL, department {key} NOT NULL, state {key} NOT NULL, n BIGINT NOT NULL,
  PRIMARY KEY (village, matter, department, state)) {clustered};

CREATE TABLE idempotency (
  principal {key} NOT NULL, name {key} NOT NULL, digest {blob} NOT NULL, case_id {uuid} NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (principal, name)) {clustered};
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE notice (
  id {uuid} PRIMARY KEY, principal {key} NOT NULL, case_id {uuid} NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX notice_principal ON notice (principal, at);

CREATE TABLE job (
  id {uuid} PRIMARY KEY, kind {key} NOT NULL, payload TEXT NOT NULL, state {key} NOT NULL, run_at BIGINT NOT NULL, attempts INTEGER NOT NULL,
  locked_until BIGINT, done BIGINT NOT NULL, total BIGINT NOT NULL, error TEXT, owner {uuid}, created_at BIGINT NOT NULL);
CREATE INDEX job_due ON job (state, run_at);

CREATE TABLE attachment (
  id {uuid} PRIMARY KEY, case_id {uuid}, uploader {uuid} NOT NULL, name TEXT NOT NULL, media_type {key} NOT NULL, bytes BIGINT NOT NULL, width INTEGER,
  height INTEGER, lon {real}, lat {real}, taken_at BIGINT, thumbnail BOOLEAN NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX attachment_case ON attachment (case_id);

CREATE TABLE stage_day (
  day {key} NOT NULL, village {key} NOT NULL, stage {key} NOT NULL, role {key} NOT NULL, department {key} NOT NULL, entered BIGINT NOT NULL,
  left_in_time BIGINT NOT NULL, left_late BIGINT NOT NULL,
  PRIMARY KEY (day, village, stage, role, department)) {clustered};
