#!/usr/bin/env python3
"""A plug-in that keeps zones as master files in a directory: the reference for the protocol in docs/exec.md.

    adapter = "exec"
    command = ["python3", "plugins/zonefile.py"]

    [settings]
    directory = "/var/lib/bind/zones"              # one file a zone: example.com.zone
    reload = ["rndc", "reload", "{zone}"]          # run after a file was written; left out: nothing

A file has one record a line, written `owner TTL IN TYPE RDATA` with absolute names, as `redundns lint --print` and
`named-compilezone` print it. Any nameserver reads that. Files appear whole or not at all.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile

VERSION = 1
CHUNK = 1000  # record sets in one line of an answer


class Refusal(Exception):
    """What is answered in the place of a result."""

    def __init__(self, kind, message, hint=None, applied=0):
        super().__init__(message)
        self.answer = {"kind": kind, "message": message, "hint": hint, "applied": applied}


class Zones:
    def __init__(self, settings):
        self.directory = settings.get("directory")
        self.reload = settings.get("reload")
        if not self.directory:
            raise Refusal("rejected", "`settings.directory` is missing", "name the directory with the zone files")

    def path(self, zone):
        name = zone.rstrip(".").lower() or "root"
        if "/" in name:
            raise Refusal("rejected", f"`{zone}` cannot be the name of a file")
        return os.path.join(self.directory, name + ".zone")

    def read(self, zone):
        """The record sets by (owner, type), and what tells this state from any other."""
        try:
            with open(self.path(zone), "rb") as file:
                text = file.read()
        except FileNotFoundError:
            raise Refusal("no_such_zone", f"there is no file `{self.path(zone)}`") from None
        sets = {}
        for number, line in enumerate(text.decode().splitlines(), 1):
            if not line.strip() or line.startswith(";"):
                continue
            words = line.split(None, 4)
            if len(words) != 5 or words[2].upper() != "IN" or not words[1].isdigit():
                raise Refusal(
                    "protocol",
                    f"`{self.path(zone)}`, line {number}, is not `owner TTL IN TYPE RDATA`",
                    "rewrite the file with named-compilezone",
                )
            owner, ttl, _, rtype, rdata = words
            found = sets.setdefault((owner.lower(), rtype.upper()), {"ttl": int(ttl), "rdata": []})
            found["rdata"].append(rdata)
        return sets, hashlib.sha256(text).hexdigest()

    def write(self, zone, sets):
        def rank(key):  # a SOA comes first, or it is no master file
            return (key[1] != "SOA", key)

        lines = [
            f"{owner} {sets[owner, rtype]['ttl']} IN {rtype} {rdata}\n"
            for owner, rtype in sorted(sets, key=rank)
            for rdata in sets[owner, rtype]["rdata"]
        ]
        text = "".join(lines).encode()
        with tempfile.NamedTemporaryFile(dir=self.directory, delete=False) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(file.name, 0o644)
        os.replace(file.name, self.path(zone))
        if self.reload:
            words = [word.replace("{zone}", zone.rstrip(".") or ".") for word in self.reload]
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
            if done.returncode:
                # The file is there; who serves it has not noticed.
                raise Refusal("unreachable", f"`{words[0]}` failed with {done.returncode}", applied=None)
        return hashlib.sha256(text).hexdigest()


def hello(request):
    if request["version"] != VERSION:
        raise Refusal("protocol", f"this plug-in speaks version {VERSION} of the protocol")
    return {
        "version": VERSION,
        "name": "zonefile.py",
        "capabilities": {"apex_ns": "full", "soa": "settable", "settle": 60},
        "abilities": {
            "batch": 1_000_000,
            "atomic": True,
            "detects_conflict": True,
            "lists_zones": True,
            "creates_zones": True,
        },
    }


def fetch(zones, request):
    sets, handles = zones.read(request["zone"])
    records = [{"name": owner, "type": rtype, **data} for (owner, rtype), data in sets.items()]
    for start in range(CHUNK, len(records) + CHUNK, CHUNK):
        more = start < len(records)
        yield {"records": records[start - CHUNK : start], "more": more, "handles": None if more else handles}
    if not records:
        yield {"handles": handles}


def apply(zones, request):
    sets, handles = zones.read(request["zone"])
    if request["handles"] not in (None, handles):
        raise Refusal("conflict", f"somebody else changed `{zones.path(request['zone'])}`", "plan again")
    for change in request["changes"]:
        key = (change["name"].lower(), change["type"])
        if change["after"] is None:
            sets.pop(key, None)
        else:
            sets[key] = change["after"]
    apex = (request["zone"].lower(), "SOA")
    if apex in sets and apex not in {(change["name"].lower(), change["type"]) for change in request["changes"]}:
        sets[apex]["rdata"] = [with_next_serial(sets[apex]["rdata"][0])]
    return {"applied": len(request["changes"]), "handles": zones.write(request["zone"], sets)}


def with_next_serial(soa):
    """Whoever transfers the zone looks at the serial alone."""
    words = soa.split()
    words[2] = str((int(words[2]) + 1) % 2**32 or 1)
    return " ".join(words)


def create_zone(zones, request):
    if not os.path.exists(zones.path(request["zone"])):
        sets = {
            (record["name"], record["type"]): {"ttl": record["ttl"], "rdata": record["rdata"]}
            for record in request["records"]
        }
        zones.write(request["zone"], sets)
    return {}


def list_zones(zones):
    names = (name for name in os.listdir(zones.directory) if name.endswith(".zone"))
    return {"zones": sorted("." if name == "root.zone" else name[: -len(".zone")] + "." for name in names)}


def answers(zones, request):
    what = request["request"]
    if what == "nameservers":
        yield {"nameservers": []}  # a file does not know who serves it
    elif what == "fetch":
        yield from fetch(zones, request)
    elif what == "apply":
        yield apply(zones, request)
    elif what == "create_zone":
        yield create_zone(zones, request)
    elif what == "list_zones":
        yield list_zones(zones)
    else:
        raise Refusal("protocol", f"`{what}` is not known here")


def main():
    zones = None
    for line in sys.stdin:
        request = json.loads(line)

        def say(answer, request=request):
            print(json.dumps({"id": request["id"], **answer}), flush=True)

        try:
            if request["request"] == "hello":
                answer = hello(request)
                zones = Zones(request["settings"])
                say(answer)
            else:
                for answer in answers(zones, request):
                    say(answer)
        except Refusal as refusal:
            say({"error": refusal.answer})
        except OSError as error:
            say({"error": {"kind": "rejected", "message": str(error), "applied": None}})


if __name__ == "__main__":
    main()
