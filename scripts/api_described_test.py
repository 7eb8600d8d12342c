"""The API answers as its description says, asked by schemathesis in every role: no failure of the server, no status and no type of content that the
description does not name.

The runs are bounded, and the same each time: a fixed seed, a fixed number of examples, no check that depends on time. Left out are the live stream,
which has no end (`tests/access/gaps.rs` tests it), and, in the runs of the roles, what would end the session they ask with; a run of its own has these.

YIZHI_BIN names the program, SCHEMATHESIS the one of that name.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ledger_served_test import Server  # noqa: E402

SEED = "20261120"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance"
ENDLESS = ["/api/v1/live"]
# What ends a session, moves it to another post, or changes how its owner signs in.
SESSION = ["/api/v1/session", "/api/v1/session/link", "/api/v1/session/demo", "/api/v1/session/post", "/api/v1/me/password",
           "/api/v1/me/totp", "/api/v1/me/totp/confirm"]
# This one is asked about everything, with what the description makes likely and unlikely; the others a few times each.
THOROUGH = "operator"


def accounts(server):
    """One account of each role that the demonstration has."""
    people = json.loads((server.data / "demo-accounts.json").read_text(encoding="utf-8"))
    found = {}
    for person in people:
        for post in person["posts"]:
            found.setdefault(post["role"], person)
    return found


def cookie(server, person):
    body = json.dumps({"account": person["account"]}).encode()
    request = urllib.request.Request(
        server.address + "/api/v1/session/demo", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Set-Cookie"].split(";")[0]


def asked(server, person, paths, without, thorough):
    """Runs schemathesis as somebody; gives what it says when it has found something."""
    phases = ["--phases", "examples,coverage,fuzzing", "--max-examples", "10"] if thorough else ["--phases", "fuzzing", "--max-examples", "4"]
    filters = [part for path in paths for part in ("--include-path", path)]
    filters += [part for path in without for part in ("--exclude-path", path)]
    command = [
        os.environ["SCHEMATHESIS"], "run", server.address + "/api/openapi.json", "--url", server.address,
        "--checks", CHECKS, "--seed", SEED, "--workers", "1", "--generation-database", "none", "--suppress-health-check", "all", "--no-shrink",
        "--warnings", "off", "--no-color", *phases, *filters,
    ]
    if person:
        command += ["--header", "Cookie:" + cookie(server, person)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=server.data)
    return done.stdout if done.returncode else ""


class Described(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = Server(cls.folder.name, ["--rate", "1000000"])
        cls.server.patiently("/readyz")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def test_strangers(self):
        self.assertEqual(asked(self.server, None, [], ENDLESS, False), "")

    def test_what_ends_sessions(self):
        person = accounts(self.server)["citizen"]
        self.assertEqual(asked(self.server, person, SESSION, [], False), "")

    def test_every_role(self):
        for role, person in sorted(accounts(self.server).items()):
            with self.subTest(role=role):
                self.assertEqual(asked(self.server, person, [], ENDLESS + SESSION, role == THOROUGH), "")


if __name__ == "__main__":
    unittest.main()
