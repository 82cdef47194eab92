"""The change feed: its tables, inserting its items, and waking those who read it."""
