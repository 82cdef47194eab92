"""What a running transaction has beside its SQL: progress, remembered values, autocommit statements."""
