"""A process never has more connections than it may have, and leaves none unused that could make its pools larger."""

import pytest

from persistence.concurrency.connection_shares import (
    CONNECTIONS_FOR_LARGE,
    MIN_CONNECTIONS,
    POOLS,
    POOLS_FOR_LARGE,
    SIGNALS,
    pool_size_within,
    streams_within,
)


def connections(pool_size: int, streams: int) -> int:
    return POOLS * pool_size + POOLS_FOR_LARGE * min(pool_size, CONNECTIONS_FOR_LARGE) + SIGNALS + streams


@pytest.mark.parametrize("wanted_streams", [1, 4, 200])
def test_all_pools_and_streams_together_stay_within_the_number(wanted_streams: int) -> None:
    for most in range(MIN_CONNECTIONS, 1001):
        streams = streams_within(most, wanted_streams)
        pool_size = pool_size_within(most - streams)

        assert 1 <= streams <= wanted_streams
        assert pool_size >= 1
        assert connections(pool_size, streams) <= most < connections(pool_size + 1, streams)
