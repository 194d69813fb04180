"""A sandbox of its own for one test class: free ports, an empty data folder, no setting of this machine."""

import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("TEST_SANDBOX_BIN", REPO / "target/debug/sandbox")).resolve()
# Where the system can do that, the sandbox is told to stop when we die, even by KILL.
SETPRIV = shutil.which("setpriv")
LEASH = [SETPRIV, "--pdeathsig", "TERM", "--"] if SETPRIV else []
# A fault that stays, in JSON: how test_seeded_faults proves that a witness can fail.
SEEDED = os.environ.get("WITNESS_FAULT")
# A file to which goes what was called, one `client<tab>system<tab>call` a line: for calls.tsv.
CALLS = os.environ.get("WITNESS_CALLS")
READY_SECONDS = 30
POLL_SECONDS = 0.05

_numbers = itertools.count(1)


def unique(prefix):
    """A word that no other record of this run has."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


class Sandbox:
    """The running program. `url` has no slash at its end, `key_file` holds the demo's Salesforce key."""

    def __init__(self):
        if not BINARY.exists():
            raise RuntimeError(f"{BINARY} is not there: run 'just build' first")
        self._room = Path(tempfile.mkdtemp(prefix="portal-witness-"))
        self.key_file = self._room / "salesforce-demo-key.pem"
        port, smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._log = (self._room / "log").open("wb")
        arguments = [
            "--port",
            str(port),
            "--smtp-port",
            str(smtp_port),
            "--data-dir",
            str(self._room),
            "--seed",
            "demo",
        ]
        self._process = subprocess.Popen(
            [*LEASH, str(BINARY), *arguments],
            cwd=self._room,
            env={"PATH": os.environ["PATH"], "HOME": str(self._room)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
        )
        try:
            self._wait()
            if SEEDED:
                self.control("POST", "faults", json.loads(SEEDED))
        except BaseException:
            self.stop()
            raise

    def _wait(self):
        deadline = time.monotonic() + READY_SECONDS
        pause = threading.Event()
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the sandbox ended before it was ready:\n{(self._room / 'log').read_text()}")
            try:
                self.control("GET", "health")
                return
            except (urllib.error.URLError, ConnectionError):
                pause.wait(POLL_SECONDS)
        raise RuntimeError(f"the sandbox did not answer on {self.url} within {READY_SECONDS} s")

    def control(self, method, path, body=None):
        """Steers the sandbox: `/_control/…`, in JSON."""
        request = urllib.request.Request(
            f"{self.url}/_control/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        shutil.rmtree(self._room)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class WitnessCase(unittest.TestCase):
    """Tests with a sandbox in `self.sandbox`, started once for the class. `client` names the witness."""

    client: str
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)
        if CALLS and not SEEDED:
            cls.addClassCleanup(cls.note)

    @classmethod
    def note(cls):
        answered = [one for one in cls.sandbox.control("GET", "requests") if one["status"] and one["status"] < 400]
        calls = {f"{cls.client}\t{one['target']}\t{one['action']}\n" for one in answered}
        with open(CALLS, "a", encoding="utf-8") as file:
            file.writelines(calls)
