"""Calendars of postponed interactions, for calendar programs."""
