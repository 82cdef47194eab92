"""Interactions: drafts, interactions of the log, and postponed interactions.

`rules` has the commands on single interactions, `snoozing` and `entries.rules` those on several at once.
"""
