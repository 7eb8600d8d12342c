"""Tests of ledger_check.py: a log of another implementation and one of ours verify, and neither does once a byte of it is changed."""

import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "crates/ledger/tests/vectors"


def check(log, keys, receipt=None):
    command = [sys.executable, HERE / "ledger_check.py", log, "--keys", keys, *(["--receipt", receipt] if receipt else [])]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


class LedgerCheck(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.ours = pathlib.Path(folder.name) / "ours"
        shutil.copytree(VECTORS / "ours", self.ours)

    def check_ours(self):
        return check(self.ours / "log", self.ours / "ledger.keys", self.ours / "case.tlog-proof")

    def test_a_log_of_another_implementation_holds(self):
        code, text = check(VECTORS / "tessera", VECTORS / "tessera.keys")
        self.assertEqual(code, 0, text)
        self.assertIn("15 entries", text)

    @unittest.skipUnless(importlib.util.find_spec("pymerkle"), "pymerkle is not installed")
    def test_another_implementation_of_the_tree_computes_the_same_root(self):
        code, text = self.check_ours()
        self.assertEqual(code, 0, text)
        self.assertIn("root: pymerkle agrees", text)

    def test_our_log_and_our_receipt_hold(self):
        code, text = self.check_ours()
        self.assertEqual(code, 0, text)
        self.assertIn("signed by the log and 2 witnesses", text)
        self.assertIn('kind = "case.step"', text)
        self.assertIn("the log holds it", text)

    def test_every_changed_file_is_noticed(self):
        files = [path for path in sorted(self.ours.rglob("*")) if path.is_file()]
        self.assertEqual(len(files), 8)
        for path in files:
            kept = path.read_bytes()
            for place in range(5, len(kept), max(1, len(kept) // 5)):
                with self.subTest(file=path.name, place=place):
                    path.write_bytes(kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :])
                    code, text = self.check_ours()
                    self.assertEqual((code, text.splitlines()[-1][:6]), (1, "WRONG:"), text)
            path.write_bytes(kept)

    def test_a_missing_file_is_named(self):
        (self.ours / "log/tile/0/001.p/44").unlink()
        code, text = self.check_ours()
        self.assertEqual(code, 1)
        self.assertIn("tile/0/001.p/44 is missing", text)

    def test_keys_of_others_do_not_do(self):
        code, text = check(self.ours / "log", VECTORS / "tessera.keys")
        self.assertEqual(code, 1)
        self.assertIn("the checkpoint is of county.example/ledger", text)


if __name__ == "__main__":
    unittest.main()
