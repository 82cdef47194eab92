"""Segments, their lines, and logged segments."""
