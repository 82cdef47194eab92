"""What is kept: tables, the two databases, their dialects and migrations. Imports nothing from the floors above."""
