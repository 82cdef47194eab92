"""The files in `.github/deploy` are what their linters expect. A linter that is not installed skips its test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / ".github" / "deploy"
HADOLINT = shutil.which(
    "hadolint", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
)


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed")
def test_the_dockerfile_passes_its_linter() -> None:
    checked = subprocess.run([str(HADOLINT), DEPLOY / "Dockerfile"], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_dockerfile_copies_what_is_there() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_unit_of_systemd_passes_its_linter(tmp_path: Path) -> None:
    """The command of the unit is not installed here, so another program stands in its place."""
    text = (DEPLOY / "carnet.service").read_text()
    assert "ExecStart=/opt/carnet/bin/carnet serve" in text
    unit = tmp_path / "carnet.service"
    unit.write_text(text.replace("/opt/carnet/bin/carnet", sys.executable))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    said = [line for line in checked.stderr.splitlines() if "carnet.service" in line]
    assert (checked.returncode, said) == (0, [])
