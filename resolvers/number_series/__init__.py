"""Number series, from which contacts, segments and campaigns get their numbers (A.5, R-NUM).

`rules` has the commands on number series, `drawing` gives numbers to other records.
"""

from resolvers.number_series.drawing import NUMBERED, check_manual_no, check_next_no, exhausted, manual_no, next_no

__all__ = ["NUMBERED", "check_manual_no", "check_next_no", "exhausted", "manual_no", "next_no"]
