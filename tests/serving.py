"""Run the whole service in processes of its own, for tests."""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path


class Server:
    """Run ``claimgraph.serve`` in a process group of its own and wait until it answers."""

    def __init__(self, snapshots, command=None, **settings):
        program = (
            "from claimgraph.serve import serve; from claimgraph.settings import Settings;"
            "from claimgraph.dataset import Layout, root; serve(Layout(root()), Settings())"
        )
        given = {"snapshots": snapshots, "port": 0, "http_workers": 2, "query_workers": 4, "query_timeout": 5}
        names = {f"CLAIMGRAPH_{name.upper()}": str(value) for name, value in (given | settings).items()}
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by stop(); a pipe that nobody reads would block
        self.process = subprocess.Popen(
            [sys.executable, *(command or ["-c", program])],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=os.environ | names,
        )
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "SPARQL" in line:
                break
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", "".join(said))
        if not found:
            self.process.wait()
            said = self.log()
            self.close()
            raise AssertionError(said)
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"
        until(lambda: self.get("/readyz")[0] == 200, 10)

    def log(self):
        self._log.seek(0)
        return self._log.read()

    def get(self, path, method="GET", timeout=20, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        except (ConnectionRefusedError, ConnectionResetError):
            return 0, {}, b""
        finally:
            connection.close()

    def ask(self, query, **headers):
        return self.get("/sparql?" + urllib.parse.urlencode({"query": query}), **headers)

    def query_workers(self):
        return [child for keeper in self.keepers() for child in children(keeper)]

    def keepers(self):
        return [child for child in children(self.process.pid) if b"claimgraph.engine.keeper" in command_of(child)]

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(40)
        self.said = self.log()
        self.close()

    def close(self):
        self.process.stdout.close()
        self._log.close()


def children(process):
    """Return the processes that any thread of a process has started."""
    return [
        int(name)
        for task in Path(f"/proc/{process}/task").iterdir()
        for name in (task / "children").read_text().split()
    ]


def command_of(process):
    """Return how a process was started; nothing where it has ended since it was listed."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def until(condition, seconds=1.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
