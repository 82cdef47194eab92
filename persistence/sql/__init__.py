"""SQL that runs on every database: expressions, conditions, JSON, CSV, inserts. Dialects write what differs."""
