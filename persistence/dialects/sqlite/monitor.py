"""The progress of the one transaction that writes, for its own process."""

from collections.abc import Mapping

from persistence.running_operations import Progress, RunningTransaction

OPERATIONS = 50_000
"""Operations of SQLite's virtual machine between two questions whether the statement must end."""

OPERATIONS_PER_ROW = 400
"""As measured, roughly."""


class WriterMonitor:
    """Knows the transaction that writes, if there is one."""

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
        """The statement ends when SQLite next asks."""
        if self.transaction is None or self.transaction.segment_id != segment_id:
            return False
        self.transaction.stopped = True
        return True
