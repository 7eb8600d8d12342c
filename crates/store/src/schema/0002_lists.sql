-- Lists by time within an equal key: the newest cases of a region, state, matter, reporter or participant are the end of one index range, so that a
-- page costs the same in a village of a hundred cases and in a county of a million.
DROP INDEX cases_recorded;
CREATE INDEX cases_province ON cases (province, recorded_at);
CREATE INDEX cases_city ON cases (city, recorded_at);
CREATE INDEX cases_county ON cases (county, recorded_at);
CREATE INDEX cases_township ON cases (township, recorded_at);
CREATE INDEX cases_village ON cases (village, recorded_at);
CREATE INDEX cases_state ON cases (state, recorded_at);
CREATE INDEX cases_matter ON cases (matter, recorded_at);
CREATE INDEX cases_reporter ON cases (reporter, recorded_at) WHERE reporter IS NOT NULL;
CREATE INDEX cases_alerted ON cases (alert, recorded_at) WHERE closed_at IS NULL;

-- When the case was recorded never changes, so participation keeps a copy to be listed by.
ALTER TABLE case_access ADD COLUMN recorded_at BIGINT;
UPDATE case_access SET recorded_at = (SELECT recorded_at FROM cases WHERE cases.id = case_access.case_id);
CREATE INDEX case_access_recent ON case_access (principal, recorded_at);
