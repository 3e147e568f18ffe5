-- title: Which mail settings explain is decided anew
-- help: After settings came or went.
DELETE FROM trace.connector_match
