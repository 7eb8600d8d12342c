-- Uploads: under which name the bytes lie, if not under the attachment's id, and a digest of what was sent, by which a repeat is told from another file.
ALTER TABLE attachment ADD COLUMN file {uuid};
ALTER TABLE attachment ADD COLUMN sent {blob};
CREATE INDEX attachment_file ON attachment (file) WHERE file IS NOT NULL;
-- Those that no case uses yet: counted for whoever uploaded them, and swept.
CREATE INDEX attachment_unused ON attachment (uploader, created_at) WHERE case_id IS NULL;
