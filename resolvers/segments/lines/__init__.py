"""The lines of segments: adding, changing and removing them, and deriving their values."""
