"""Segments: lists of contacts with the interaction that is logged for all of them at once (B.9, B.12).

`rules` has all commands on open segments and on logging, `logged_segments` those on logged segments. A segment consists
of a header, one row of the table `segment`, and its lines.
"""
