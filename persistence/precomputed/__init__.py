"""Tables whose rows triggers and refreshes compute from other tables, so that reads need not."""
