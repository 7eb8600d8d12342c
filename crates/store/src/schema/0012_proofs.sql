-- What a case's records commit to of its state: salted leaves, hashes alone where a value was erased. Cases written before have none until their next step.
ALTER TABLE cases ADD COLUMN leaves {blob};

-- The SHA-256 of the bytes that are kept of a file, and of its small picture. Files kept before have none.
ALTER TABLE attachment ADD COLUMN digest {blob};
ALTER TABLE attachment ADD COLUMN thumbnail_digest {blob};
