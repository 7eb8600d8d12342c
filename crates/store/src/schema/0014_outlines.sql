-- Where the outline of a region was imported from. Null where there is none, or where it is schematic.
ALTER TABLE region ADD COLUMN outline_source TEXT;
