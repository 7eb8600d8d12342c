#!/usr/bin/env python3
"""Checks a ledger kept as files, and a receipt, without any of our Rust: written from docs/ledger-format.md alone.

    ledger_check.py LOGDIR --keys KEYFILE [--receipt FILE]

LOGDIR holds `checkpoint` and `tile/...` as the log serves them. Recomputed are the leaves and the root from the entries, every hash tile,
and with a receipt its record's commitment, its place in the log and the root at the receipt's own size. Needs Python 3.10 or later and
PyPI `cryptography`; where PyPI `pymerkle` is installed the root is also computed by it. Ends with 0 only if all of it holds.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
LOG, WITNESS = 1, 4


class Wrong(Exception):
    """What does not hold, in a sentence."""


def need(condition, sentence):
    if not condition:
        raise Wrong(sentence)


# Hashes of RFC 6962, section 2.1.


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def root_of(hashes):
    """The root over leaf hashes: pairs are joined level by level, an odd one out goes up as it is."""
    if not hashes:
        return sha256()
    while len(hashes) > 1:
        joined = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = joined + hashes[len(hashes) - len(hashes) % 2 :]
    return hashes[0]


def root_from_proof(leaf, index, size, proof):
    """The root a leaf and its siblings lead to, by the recursion of RFC 6962, section 2.1.1."""
    need(0 <= index < size, f"index {index} is not in a tree of {size}")
    if size == 1:
        need(not proof, "the inclusion proof is too long")
        return leaf
    need(proof, "the inclusion proof is too short")
    left = 1 << (size - 1).bit_length() - 1
    if index < left:
        return node_hash(root_from_proof(leaf, index, left, proof[:-1]), proof[-1])
    return node_hash(proof[-1], root_from_proof(leaf, index - left, size - left, proof[:-1]))


# Texts: one form for each value.


def decimal(text):
    need(text.isascii() and text.isdigit() and text == str(int(text)), f"{text!r} is not a number as it should be written")
    return int(text)


def unbase64(text, length=None):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong(f"{text[:40]!r} is not base64") from None
    need(base64.b64encode(data).decode() == text, f"{text[:40]!r} is not canonical base64")
    need(length is None or len(data) == length, f"{text[:40]!r} is not the base64 of {length} bytes")
    return data


class Key:
    """A C2SP vkey: `<name>+<8 hex digits>+<base64 of type and key>`."""

    def __init__(self, text):
        parts = text.split("+", 2)
        need(len(parts) == 3, f"{text!r} is not a key")
        self.name, digits, encoded = parts
        data = unbase64(encoded, 33)
        self.kind = data[0]
        self.public = data[1:]
        self.id = sha256(self.name.encode(), b"\n", data)[:4]
        need(self.kind in (LOG, WITNESS), f"the key of {self.name} is of an unknown type")
        need(self.id.hex() == digits, f"the digits of the key of {self.name} do not fit")

    def verify(self, text, signature):
        """Checks the signature of a note's text; of a witness gives the time it carries."""
        time, message = None, text
        if self.kind == WITNESS:
            need(len(signature) == 72, f"the cosignature of {self.name} is not 72 bytes")
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            need(time < 1 << 63, f"the cosignature of {self.name} carries no time")
            message = f"cosignature/v1\ntime {time}\n{text}"
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except InvalidSignature:
            raise Wrong(f"the signature of {self.name} is wrong") from None
        return time


class Keys:
    """A key file: the log's key, the witnesses', how many of these must have signed."""

    def __init__(self, text):
        lines = [line.strip() for line in text.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        need(lines, "the key file is empty")
        self.quorum = decimal(lines.pop().removeprefix("quorum ")) if lines[-1].startswith("quorum ") else 0
        self.log, *self.witnesses = [Key(line) for line in lines]
        need(self.log.kind == LOG, "the first key is not a log's")
        need(all(key.kind == WITNESS for key in self.witnesses), "a key after the first is not a witness's")
        for attribute in ("name", "public"):
            values = {getattr(key, attribute) for key in [self.log, *self.witnesses]}
            need(len(values) == 1 + len(self.witnesses), f"two keys have the same {attribute}")
        need(min(1, len(self.witnesses)) <= self.quorum <= len(self.witnesses), "the quorum does not fit the witnesses")


class Checkpoint:
    """A signed checkpoint that the keys vouch for."""

    def __init__(self, data, keys):
        text = data.decode()
        need(all(c == "\n" or c >= " " for c in text), "the checkpoint holds control characters")
        body, separator, signatures = text.rpartition("\n\n")
        need(separator and signatures.endswith("\n"), "the checkpoint has no signatures")
        body += "\n"
        lines = body.removesuffix("\n").split("\n")
        need(len(lines) >= 3 and all(lines), "the checkpoint is not origin, size and root")
        self.origin, self.size, self.root = lines[0], decimal(lines[1]), unbase64(lines[2], 32)
        need(self.origin == keys.log.name, f"the checkpoint is of {self.origin}, the key of {keys.log.name}")
        signed = [self.signature(line) for line in signatures.removesuffix("\n").split("\n")]
        self.times = {}
        by_log = False
        for key in [keys.log, *keys.witnesses]:
            for name, key_id, signature in signed:
                if (name, key_id) == (key.name, key.id):
                    time = key.verify(body, signature)
                    by_log |= key is keys.log
                    if time is not None:
                        self.times[name] = min(time, self.times.get(name, time))
        need(by_log, "the log did not sign the checkpoint")
        need(len(self.times) >= keys.quorum, f"{len(self.times)} witnesses signed, {keys.quorum} are needed")

    @staticmethod
    def signature(line):
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and parts[1] and "+" not in parts[1], f"{line[:40]!r} is no signature")
        data = unbase64(parts[2])
        need(len(data) > 4, f"{line[:40]!r} is no signature")
        return parts[1], data[:4], data[4:]


class Log:
    """The files of a log, read up to a size."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def tile(self, kind, index, width):
        """The bytes of a tile or bundle; of a wider one where a partial one is gone."""
        digits = f"{index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        path = "tile/" + "/".join([str(kind), *("x" + group for group in groups[:-1]), groups[-1]])
        wider = [path if w == WIDTH else f"{path}.p/{w}" for w in range(width, WIDTH + 1)]
        found = next((self.folder / name for name in wider if (self.folder / name).is_file()), None)
        need(found, f"{wider[0]} is missing")
        return found.read_bytes(), found

    def entries(self, size):
        for index in range(-(-size // WIDTH)):
            width = min(WIDTH, size - index * WIDTH)
            data, path = self.tile("entries", index, width)
            entries, at = [], 0
            while at < len(data):
                end = at + 2 + int.from_bytes(data[at : at + 2], "big")
                need(at + 2 <= end <= len(data), f"{path} is cut off")
                entries.append(data[at + 2 : end])
                at = end
            need(width <= len(entries) <= WIDTH, f"{path} has {len(entries)} entries, not {width}")
            yield from entries[:width]

    def check_tiles(self, leaves):
        """Every hash tile of every level is what the entries make."""
        level, hashes, tiles = 0, leaves, 0
        while hashes:
            for index in range(-(-len(hashes) // WIDTH)):
                expected = b"".join(hashes[index * WIDTH : (index + 1) * WIDTH])
                data, path = self.tile(level, index, len(expected) // 32)
                need(data.startswith(expected) and len(data) % 32 == 0, f"{path} does not hold the hashes of the entries")
                tiles += 1
            full = len(hashes) // WIDTH
            hashes = [root_of(hashes[index * WIDTH : (index + 1) * WIDTH]) for index in range(full)]
            level += 1
        return tiles


# Receipts.


def commitment(extra):
    """The commitment over the record's leaves, and the disclosed ones."""
    read = json.loads(extra)
    exact = json.dumps(read, ensure_ascii=False, separators=(",", ":"))
    need(exact.encode() == extra and list(read) == ["v", "fields"] and read["v"] == 1, "the receipt's fields are not version 1")
    leaves, shown = [], []
    for part in read["fields"]:
        if list(part) == ["digest"]:
            leaves.append(unbase64(part["digest"], 32))
            continue
        need(list(part) == ["name", "value", "salt"], "a field of the receipt is neither shown nor withheld")
        name, value = part["name"].encode(), part["value"]
        json.loads(value)
        leaves.append(sha256(b"\x00", unbase64(part["salt"], 32), len(name).to_bytes(4, "big"), name, value.encode()))
        shown.append((len(leaves) - 1, part["name"], value))
    need(len(leaves) >= 2, "the receipt has no record")
    for place, name, _ in shown:
        fits = name == ["kind", "subject"][place] if place < 2 else name.startswith("fields/")
        need(fits, f"{name!r} is out of its place")
    order = [name.encode("utf-16-be") for place, name, _ in shown if place >= 2]
    need(all(a < b for a, b in zip(order, order[1:])), "the receipt's fields are not in order")
    return root_of(leaves), [(name, value) for _, name, value in shown]


def check_receipt(data, keys, entries):
    head, separator, checkpoint = data.partition(b"\n\n")
    lines = head.decode().split("\n")
    need(separator and lines.pop(0) == "c2sp.org/tlog-proof@v1", "the file is no receipt")
    need(lines and lines[0].startswith("extra "), "the receipt shows no record")
    entry, shown = commitment(unbase64(lines.pop(0).removeprefix("extra ")))
    need(lines and lines[0].startswith("index "), "the receipt has no index")
    index = decimal(lines.pop(0).removeprefix("index "))
    proof = [unbase64(line, 32) for line in lines]
    own = Checkpoint(checkpoint, keys)
    need(root_from_proof(leaf_hash(entry), index, own.size, proof) == own.root, "the receipt's proof leads to another root")
    if own.size > len(entries):
        return index, shown, own, False
    need(entries[index] == entry, f"entry {index} of the log is not the receipt's record")
    root = root_of([leaf_hash(entry) for entry in entries[: own.size]])
    need(root == own.root, f"at size {own.size} the log had another root than the receipt says: history was rewritten")
    return index, shown, own, True


def root_by_pymerkle(entries):
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        return None
    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree.get_state()


def run(options):
    keys = Keys(pathlib.Path(options.keys).read_text(encoding="utf-8"))
    log = Log(options.log)
    checkpoint = Checkpoint((log.folder / "checkpoint").read_bytes(), keys)
    print(f"checkpoint: {checkpoint.origin}, {checkpoint.size} entries, signed by the log and {len(checkpoint.times)} witnesses")
    entries = list(log.entries(checkpoint.size))
    leaves = [leaf_hash(entry) for entry in entries]
    need(root_of(leaves) == checkpoint.root, "the entries lead to another root than the signed one")
    print("root: recomputed from the entries")
    other = root_by_pymerkle(entries) if entries else None
    need(other in (None, checkpoint.root), "pymerkle computes another root")
    print("root: pymerkle agrees" if other else "root: pymerkle was not asked")
    print(f"tiles: {log.check_tiles(leaves)} recomputed")
    if options.receipt:
        index, shown, own, compared = check_receipt(pathlib.Path(options.receipt).read_bytes(), keys, entries)
        print(f"receipt: entry {index} of {own.size}, signed by the log and {len(own.times)} witnesses")
        for name, value in shown:
            print(f"  {name} = {json.dumps(json.loads(value), ensure_ascii=True)}")
        print("receipt: the log holds it" if compared else "receipt: newer than this copy of the log, checked by its proof only")


def main():
    parser = argparse.ArgumentParser(description="Checks a ledger kept as files, and a receipt.")
    parser.add_argument("log", metavar="LOGDIR")
    parser.add_argument("--keys", required=True, metavar="KEYFILE")
    parser.add_argument("--receipt", metavar="FILE")
    try:
        run(parser.parse_args())
    except (Wrong, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"WRONG: {error}")
        return 1
    print("all of it holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
