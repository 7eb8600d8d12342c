"""The log of a running server, fetched by its public addresses as a stranger does, checked together with a receipt of one of its cases.

YIZHI_BIN names the program.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PLACE = "350302"
CASES = "40"
ENTRIES_OF_A_TILE = 256
PATIENCE = 120


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Server:
    """A demo of one county, in a folder of its own, and what its public and its signed-in addresses answer."""

    def __init__(self, folder, options=()):
        program = os.environ["YIZHI_BIN"]
        self.data = pathlib.Path(folder) / "data"
        common = [program, "demo", "--data", self.data, "--place", PLACE, "--cases", CASES]
        subprocess.run([*common, "--load-only"], check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        serve = [program, "serve", "--data", self.data, "--listen", f"127.0.0.1:{port}", *options]
        self.process = subprocess.Popen(serve, stdout=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def get(self, path, headers=None):
        request = urllib.request.Request(self.address + path, headers=headers or {})
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def patiently(self, path, headers=None):
        """Asks until there is an answer."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.get(path, headers)
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def sign_in(self, role):
        accounts = json.loads((self.data / "demo-accounts.json").read_text(encoding="utf-8"))
        account = next(one for one in accounts if [post["role"] for post in one["posts"]] == [role])
        body = json.dumps({"account": account["account"], "password": account["password"]}).encode()
        request = urllib.request.Request(
            self.address + "/api/v1/session", body, {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request) as answer:
            return {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def mirror(server, folder):
    """Fetches the published log as it is: the checkpoint, and every tile that a log of its size has."""
    checkpoint = server.patiently("/ledger/checkpoint")
    (folder / "checkpoint").write_bytes(checkpoint)
    size = int(checkpoint.splitlines()[1])
    level, width = "entries", size
    while width > 0:
        for index in range(-(-width // ENTRIES_OF_A_TILE)):
            held = min(ENTRIES_OF_A_TILE, width - index * ENTRIES_OF_A_TILE)
            name = f"tile/{level}/{number(index)}" + ("" if held == ENTRIES_OF_A_TILE else f".p/{held}")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(server.get(f"/ledger/{name}"))
        if level == "entries":
            level = 0
        else:
            level, width = level + 1, width // ENTRIES_OF_A_TILE
    return size


def number(index):
    """An index as tlog-tiles writes it: groups of three digits, all but the last after an x."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


class ServedLedger(unittest.TestCase):
    def test_the_log_of_a_running_server_and_a_receipt_from_it_hold(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        server = Server(folder.name)
        self.addCleanup(server.stop)
        kept = pathlib.Path(folder.name)
        log = kept / "log"
        log.mkdir()
        size = mirror(server, log)
        self.assertGreater(size, int(CASES))
        (kept / "ledger.keys").write_bytes(server.get("/ledger/vkeys"))

        leader = server.sign_in("leader")
        case = json.loads(server.get("/api/v1/cases?limit=1", leader))["items"][0]
        steps = json.loads(server.get(f"/api/v1/cases/{case['id']}/timeline", leader))["items"]
        receipt = kept / "case.tlog-proof"
        receipt.write_bytes(server.patiently(f"/api/v1/cases/{case['id']}/receipts/{steps[0]['ledger']}", leader))

        command = [sys.executable, HERE / "ledger_check.py", log, "--keys", kept / "ledger.keys", "--receipt", receipt]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, said)
        self.assertIn(f"{size} entries", said)
        self.assertIn(case["number"], said)
        self.assertIn("the log holds it", said)


if __name__ == "__main__":
    unittest.main()
