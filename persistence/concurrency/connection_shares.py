"""How a process divides its connections to PostgreSQL among pools and streams."""

POOLS = 4
"""Pools of the event loop: compiled reads, other reads, autocommit statements, transactions."""

POOLS_FOR_LARGE, CONNECTIONS_FOR_LARGE = 3, 4
"""Pools for rules with large filters, and the maximum size of each. One thread computes for all of them."""

SIGNALS = 1
"""The connection that sends signals of commits to other processes, and receives theirs."""

MIN_CONNECTIONS = POOLS + POOLS_FOR_LARGE + SIGNALS + 1
"""One for each pool, one for signals and one for a stream."""


def streams_within(connections: int, wanted: int) -> int:
    """How many streams may run at the same time, each with a connection, so that each pool still has one."""
    return min(wanted, connections - POOLS - POOLS_FOR_LARGE - SIGNALS)


def pool_size_within(connections: int) -> int:
    """The size of each pool of the event loop, for this number of connections without those of streams."""
    connections -= SIGNALS
    return max(
        connections // (POOLS + POOLS_FOR_LARGE), (connections - POOLS_FOR_LARGE * CONNECTIONS_FOR_LARGE) // POOLS
    )
