"""The versions of the tables, one after another. A migration is never edited once landed."""
