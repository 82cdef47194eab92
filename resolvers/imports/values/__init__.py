"""What the text of a cell means: dates, amounts, codes, enum values, nested rows."""
