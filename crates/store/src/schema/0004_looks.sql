-- Where the looks are among the records, for those who audit them. All of it is said by the record of the same number; `look` only finds it.
-- Its region stands at each level at which there are auditors, as RegionPath::at gives it.
CREATE TABLE look (
  seq BIGINT NOT NULL, at BIGINT NOT NULL, kind {key} NOT NULL, person {uuid} NOT NULL, case_id {uuid}, province {key} NOT NULL, city {key} NOT NULL,
  county {key} NOT NULL,
  PRIMARY KEY (seq)) {clustered};
CREATE INDEX look_province ON look (province, at, seq);
CREATE INDEX look_city ON look (city, at, seq);
CREATE INDEX look_county ON look (county, at, seq);
CREATE INDEX look_person ON look (person, at, seq);
CREATE INDEX look_case ON look (case_id, at, seq) WHERE case_id IS NOT NULL;
