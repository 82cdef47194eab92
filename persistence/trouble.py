"""Why a database cannot be used, in sentences for the one who runs Carnet."""


class DatabaseTooOld(Exception):
    """The SQLite library of this Python cannot do what Carnet needs."""


class DatabaseUnreachable(Exception):
    """There is no server, no such database, or no way in."""


class CommitUncertain(Exception):
    """The connection went away while a change was committed: nobody knows whether it is done."""
