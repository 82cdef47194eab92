"""Compiles a selection to one SQL statement. It knows no subject: types declare how their fields become SQL."""
