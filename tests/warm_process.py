"""Imports the modules of `carnet`, then runs it in a new process for each request of `tests/forks.py`.

`python -m tests.warm_process FILE ENTRIES` reads the requests from the socket with this file number until it is closed.
ENTRIES is the number of interactions of the demo company.
"""

import gc
import json
import os
import signal
import socket
import sys
import time
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("error")
    import alembic.command

    import persistence.migrations.texts_0008
    import schema.server.cli.commands
    from resolvers.demo import loading
    from schema.server.start import main

IMPORTED = (alembic.command, persistence.migrations.texts_0008, schema.server.cli.commands, time)
"""Modules that commands import only when they need them, and what requests may use."""


def requested(requests: socket.socket) -> dict[str, Any]:
    """Start a process for each request. Returns only in these processes: their request."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the processes that report are not waited for
    while True:
        text, files, _, _ = socket.recv_fds(requests, 1 << 16, 3)
        while text and not text.endswith(b"\n"):
            text += requests.recv(1 << 16)
        if not text:
            sys.exit()
        if not os.fork():
            requests.close()
            return started(json.loads(text), *files)
        for file in files:
            os.close(file)


def started(request: dict[str, Any], status: int, output: int, errors: int) -> dict[str, Any]:
    """Start the process of a request, and report its id and later its exit status. Returns only in the process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    process = os.fork()
    if process:
        os.close(output)
        os.close(errors)
        os.write(status, b"%d\n" % process)
        _, ended = os.waitpid(process, 0)
        os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
        os._exit(0)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    for file in {output, errors}:
        os.close(file)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", 1, closefd=False)
    os.read(status, 1)  # it may begin
    os.close(status)
    return request


loading.ENTRIES = int(sys.argv[2])
gc.freeze()  # else each process would copy these objects
request = requested(socket.socket(fileno=int(sys.argv[1])))
os.setsid()
os.chdir(request["folder"])
os.environ.clear()
os.environ.update(request["environment"])
if os.environ.get("PYTHONWARNINGS") == "error":
    warnings.simplefilter("error")
sys.argv[1:] = request["arguments"]
exec(request["prepare"], {**globals(), "number": request["number"]})
main()
