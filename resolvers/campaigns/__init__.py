"""Campaigns and their campaign entries (A.10, R-CAM)."""
