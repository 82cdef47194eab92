"""Reads files of every format as rows of text cells. It does not interpret the cells."""
