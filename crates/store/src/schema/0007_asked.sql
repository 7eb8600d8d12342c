-- The keyed digest of the request by which a case was received: a client's id used for another report is told from a repeat. Cases received before
-- have none, and an erasure takes it out.
ALTER TABLE cases ADD COLUMN asked {blob};
