"""Campaigns and the entries that interactions leave on them (A.10, R-CAM)."""
