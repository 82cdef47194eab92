"""The packages of client programs, the files of the guide, and a server with a few rows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.schema.server.conftest import serve

__all__ = ["serve"]

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / ".github" / "guides" / "clients.md").read_text(encoding="utf-8")
PACKAGES = ROOT / ".clients"
"""The ignored folder in which npm and pip install the client programs once."""

FILE = re.compile(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MINUTES = 10 * 60


def files_of(section: str) -> dict[str, str]:
    """The files in a section of the guide, by name."""
    text = GUIDE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return dict(FILE.findall(text))


def run(folder: Path, *command: str | Path, **environment: str) -> str:
    """Run a command, which must succeed, and return its output."""
    done = subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=MINUTES,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def npm_packages() -> Path:
    """The folder with the packages of npm."""
    if not os.environ.get("CARNET_CLIENTS"):
        pytest.skip("`make clients` runs it: it installs client programs, which takes minutes")
    if shutil.which("npm") is None:
        pytest.skip("Node is not installed")
    wanted = (Path(__file__).parent / "package.json").read_bytes()
    there = PACKAGES / "package.json"
    if not (PACKAGES / "node_modules").is_dir() or not there.is_file() or there.read_bytes() != wanted:
        PACKAGES.mkdir(exist_ok=True)
        there.write_bytes(wanted)
        run(PACKAGES, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent")
    return PACKAGES / "node_modules"


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python with client programs in a virtual environment of their own."""
    if not os.environ.get("CARNET_CLIENTS"):
        pytest.skip("`make clients` runs it: it installs client programs, which takes minutes")
    found = PACKAGES / "venv" / "bin" / "python"
    if not found.exists():
        run(ROOT, sys.executable, "-m", "venv", PACKAGES / "venv")
        run(ROOT, found, "-m", "pip", "install", "--quiet", "-r", Path(__file__).parent / "requirements.txt")
    return found


@pytest.fixture
def project(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder with the files of the section of the guide that the test names in its parameter."""
    folder = PACKAGES / "projects" / re.sub(r"\W", "_", request.node.name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in files_of(request.param).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copy(ROOT / "schema" / "schema.graphql", folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def endpoint(serve: Callable[..., int], empty_copy: Any) -> str:
    """The URL of a server with two contacts."""
    url = f"http://127.0.0.1:{serve(empty_copy('sqlite'))}/graphql"
    for no in ("C1", "C2"):
        text = "mutation($no: String!) { createContact(input: {no: $no, contact: {type: COMPANY, name: $no}}) { userErrors { code } } }"
        answer = httpx2.post(url, json={"query": text, "variables": {"no": no}}).json()
        assert answer["data"]["createContact"]["userErrors"] == [], answer
    return url
