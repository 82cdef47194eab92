"""Calendars of postponed interactions: the feeds that calendar programs read, and their events (R-CAL)."""
