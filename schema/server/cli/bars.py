"""Progress bars: one for each phase of a long operation, full when the phase is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from schema.server.cli.sentences import PHASES
from schema.server.language import HARD_SPACE, in_french, number

Report = Callable[[str, int, int], None]
"""Called with the phase, the amount done, and the total, 0 if it is not known."""


class Done(ProgressColumn):
    """The column with the progress: 500/1,000 50%."""

    def render(self, task: Task) -> Text:
        """The text of one bar."""
        space = HARD_SPACE if in_french() else ""
        if task.total is None:
            return Text(number(int(task.completed)))
        share = f"{int(task.percentage)}{space}%"
        return Text(
            share if task.fields["uncounted"] else f"{number(int(task.completed))}/{number(int(task.total))} {share}"
        )


@contextmanager
def bar(console: Console) -> Iterator[Report]:
    """Bars on a console. A phase is done when the next one begins; the last one if the block ends without an
    exception.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), Done(), TimeElapsedColumn())
    progress = Progress(*columns, console=console)
    tasks: dict[str, TaskID] = {}

    def report(phase: str, done: int, total: int) -> None:
        if phase not in tasks:
            progress.start()
            _fill(progress)
            named = PHASES.get(phase)
            label = named() if named else phase[:1].upper() + phase[1:]
            tasks[phase] = progress.add_task(label, total=total or None, uncounted=False)
        progress.update(tasks[phase], completed=done, total=total or None)

    try:
        yield report
        _fill(progress)
    finally:
        if tasks:
            progress.stop()


def _fill(progress: Progress) -> None:
    """Fill all bars; their totals may have been estimates."""
    for task in progress.tasks:
        total = max(int(task.completed), int(task.total or 0))
        progress.update(task.id, completed=total or 1, total=total or 1, uncounted=not total, refresh=True)
