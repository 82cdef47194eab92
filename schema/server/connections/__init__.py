"""Connections of clients: their number, slow and leaving clients, heads of responses."""
