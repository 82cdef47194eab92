"""The progress of the one transaction that writes, visible in its own process only."""

from collections.abc import Mapping

from persistence.transactions.running_operations import Progress, RunningTransaction

OPERATIONS = 50_000
"""Operations of SQLite's virtual machine between two calls of the progress handler, which can end the statement."""

OPERATIONS_PER_ROW = 400
"""An approximate, measured value."""


class WriterMonitor:
    """Watches the transaction that is writing, if there is one."""

    def __init__(self) -> None:
        self.transaction: RunningTransaction | None = None

    async def progress(self) -> Mapping[int, Progress]:
        """Estimated from the operations of the virtual machine."""
        running = self.transaction
        if running is None or running.segment_id is None or running.started_at is None:
            return {}
        done = min(running.total, running.checks * OPERATIONS // OPERATIONS_PER_ROW)
        return {running.segment_id: Progress(running.phase, done, running.total, running.started_at)}

    async def stop(self, segment_id: int) -> bool:
        """The statement ends at the next call of the progress handler."""
        running = self.transaction  # which the writing thread may replace meanwhile
        if running is None or running.segment_id != segment_id:
            return False
        running.stopped = True
        return True
