"""What is stored: tables, databases and their dialects, migrations. Imports nothing from the layers above."""
