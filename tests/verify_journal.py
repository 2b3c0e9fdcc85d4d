#!/usr/bin/env python3
"""Checks an exported Steelyard journal: docs/journal-format.md, and nothing of the program's code.

usage: verify_journal.py FILE|-      one JSON object a line: sequence, header, header_digest, body
prints "ok COUNT HEAD" and exits 0, or "break at N: why" and exits 1.
"""
import hashlib
import json
import sys

MEMBERS = {"version": int, "station": str, "sequence": int, "recorded_at": int, "kind": str,
           "actor": str, "algorithm": str, "salt": str, "body_digest": str, "previous": str}


def canonical(value):
    """RFC 8785 for integers only; its string escapes are those of json.dumps."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        raise ValueError("a float")
    return json.dumps(value, ensure_ascii=False)


def is_hex(text, length):
    return len(text) == length and set(text) <= set("0123456789abcdef")


def why_broken(entry, sequence, previous, station):
    text = entry["header"]
    header = json.loads(text)
    if entry["sequence"] != sequence or header.get("sequence") != sequence:
        return "its number is not the next one"
    if header.get("version") != 1 or header.get("algorithm") != "sha-256":
        return "unknown version or algorithm"
    if set(header) != set(MEMBERS):
        return "its header has other members"
    if any(type(header[name]) is not kind for name, kind in MEMBERS.items()):
        return "a member of its header has another type"
    if not (is_hex(header["salt"], 32) and is_hex(header["body_digest"], 64)):
        return "salt or body_digest is no hex of its length"
    if canonical(header) != text:
        return "its header is not in canonical form"
    if station not in (None, header["station"]):
        return "it is of another station"
    if header["previous"] != previous:
        return "previous is not the digest of the header before"
    if hashlib.sha256(text.encode()).hexdigest() != entry["header_digest"]:
        return "header_digest is not the digest of its header"
    if entry["body"] is not None:
        salted = bytes.fromhex(header["salt"]) + entry["body"].encode()
        if hashlib.sha256(salted).hexdigest() != header["body_digest"]:
            return "body_digest is not the digest of salt and body"
    return None


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = sys.stdin.buffer if sys.argv[1] == "-" else open(sys.argv[1], "rb")
    sequence, previous, station = 0, "0" * 64, None
    for line in source:
        sequence += 1
        entry = json.loads(line)
        why = why_broken(entry, sequence, previous, station)
        if why:
            print(f"break at {sequence}: {why}")
            sys.exit(1)
        previous = entry["header_digest"]
        station = json.loads(entry["header"])["station"]
    print(f"ok {sequence} {previous}")


main()
