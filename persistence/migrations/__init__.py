"""The migrations of the tables, one for each version. A migration that was released is never edited."""
