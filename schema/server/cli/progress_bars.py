"""Progress bars: one for each phase of a long operation. It is full when the phase is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.text import Text

from resolvers.progress import Progress
from schema.server.cli.texts.messages import PHASES
from schema.server.language import NO_BREAK_SPACE, in_french, number


class DoneColumn(ProgressColumn):
    """The column with the amount done: 500/1,000 50%."""

    def render(self, task: Task) -> Text:
        """The text of one bar."""
        space = NO_BREAK_SPACE if in_french() else ""
        if task.total is None:
            return Text(number(int(task.completed)))
        share = f"{int(task.percentage)}{space}%"
        return Text(
            share if task.fields["uncounted"] else f"{number(int(task.completed))}/{number(int(task.total))} {share}"
        )


@contextmanager
def progress_bars_on(console: Console) -> Iterator[Progress]:
    """Progress bars on this console. A phase is done when the next one begins, and the last one when the block ends
    without an exception.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DoneColumn(), TimeElapsedColumn())
    bars = RichProgress(*columns, console=console)
    tasks: dict[str, TaskID] = {}

    def report(phase: str, done: int, total: int) -> None:
        if phase not in tasks:
            bars.start()
            _complete(bars)
            message = PHASES.get(phase)
            label = message() if message else phase[:1].upper() + phase[1:]
            tasks[phase] = bars.add_task(label, total=total or None, uncounted=False)
        bars.update(tasks[phase], completed=done, total=total or None)

    try:
        yield report
        _complete(bars)
    finally:
        if tasks:
            bars.stop()


def _complete(bars: RichProgress) -> None:
    """Show all bars as done. Their totals may have been estimates."""
    for task in bars.tasks:
        total = max(int(task.completed), int(task.total or 0))
        bars.update(task.id, completed=total or 1, total=total or 1, uncounted=not total, refresh=True)
