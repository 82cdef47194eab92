"""Connections to PostgreSQL count until the server has ended them."""

import asyncio

from persistence.concurrency.connection_budget import ConnectionBudget


def test_a_budget_counts_connections_until_they_are_closed() -> None:
    class Connection:
        closed, is_closing, is_cut_off = False, False, False

        def is_closed(self) -> bool:
            return self.closed

    async def scenario() -> None:
        budget, connection = ConnectionBudget(1), Connection()
        await budget.take()
        budget.give_back(refused=True)
        await budget.take()
        budget.opened(connection)
        calls: list[int] = []
        budget.make_room = lambda: calls.append(1)
        waiting = asyncio.ensure_future(budget.take())
        await asyncio.sleep(0.05)
        assert (budget.usage.in_use, waiting.done(), bool(calls)) == (1, False, True)
        connection.closed = connection.is_closing = True
        await asyncio.sleep(0.2)
        assert not waiting.done()
        connection.is_closing = False
        await asyncio.wait_for(waiting, 1)
        assert budget.usage.in_use == 1
        budget.give_back(refused=False)
        assert budget.usage.in_use == 1, "the server may have accepted it"
        await asyncio.wait_for(budget.take(), 1)
        budget.opened(connection)
        connection.is_cut_off = True
        assert budget.usage.in_use == 1, "the server may not have noticed yet"
        await asyncio.wait_for(budget.take(), 1)

    asyncio.run(scenario())
