"""From a selection to one SQL statement. Knows no subject: types declare how their fields are put into SQL."""
