"""Interactions of the log: comments, evaluations, canceling and deleting canceled ones. Their other fields never
change (B.6).
"""
