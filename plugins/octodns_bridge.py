#!/usr/bin/env python3
"""A plug-in that drives any octoDNS provider, so that its 40 and more modules are adapters too.

    adapter = "exec"
    command = ["venv/bin/python", "plugins/octodns_bridge.py"]

    [settings]
    class = "octodns_powerdns.PowerDnsProvider"    # whatever octoDNS has as `class`
    create = true                                  # let octoDNS create zones; left out: no
    host = "127.0.0.1"                             # the rest are the provider's own arguments
    api_key = { env = "PDNS_API_KEY" }

Needs octoDNS 1.22 or newer and the provider's package in the same Python. What octoDNS does not see nobody sees here:
the SOA, and types that the provider's class does not support.
"""

import importlib
import json
import logging
import os
import sys

VERSION = 1
CHUNK = 1000  # record sets in one line of an answer

# The types of octoDNS that are types of DNS too. ALIAS, URLFWD and the vendors' own exist in no answer.
TYPES = {
    "A", "AAAA", "CAA", "CNAME", "DNAME", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "OPENPGPKEY", "PTR", "SPF",
    "SRV", "SSHFP", "SVCB", "TLSA", "TXT", "URI",
}  # fmt: skip


class Refusal(Exception):
    """What is answered in the place of a result."""

    def __init__(self, kind, message, hint=None, applied=0):
        super().__init__(message)
        self.answer = {"kind": kind, "message": message, "hint": hint, "applied": applied}


def refused(error, applied):
    """An exception of octoDNS, of requests or of a vendor's SDK as a refusal."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    words = " ".join(f"{type(error).__name__}: {error}".split())
    body = getattr(response, "text", None)
    if isinstance(body, str) and body.strip():
        words += f": {' '.join(body.split())[:300]}"
    names = {base.__name__ for base in type(error).__mro__}
    if status in (401, 403) or "unauthorized" in words.lower() or names & {"NoCredentialsError", "PeerError"}:
        kind = "unauthorized"
    elif "NOTAUTH" in words:
        kind = "no_such_zone"  # whom a nameserver does not know by key it tells otherwise
    elif status == 429:
        kind = "rate_limited"
    elif names & {"ConnectionError", "Timeout", "TimeoutError", "EndpointConnectionError"} or (status or 0) >= 500:
        kind = "unreachable"
    else:
        kind = "rejected"
    return Refusal(kind, words, applied=applied)


class Bridge:
    def __init__(self, account, settings):
        settings = dict(settings)
        self.account = account
        self.path = settings.pop("class", None)
        self.creates = settings.pop("create", False)
        self.arguments = settings
        self.provider = None
        self.held = {}
        if not self.path or "." not in self.path:
            raise Refusal("rejected", "`settings.class` names no class", 'class = "octodns_powerdns.PowerDnsProvider"')
        module, name = self.path.rsplit(".", 1)
        try:
            from octodns.record import Record

            if not hasattr(Record, "from_rrset"):
                raise Refusal("rejected", "octoDNS is too old", "this plug-in needs octoDNS 1.22 or newer")
            self.kind = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            hint = f"install it next to octoDNS: {sys.executable} -m pip install {module.split('.')[0].replace('_', '-')}"
            raise Refusal("rejected", f"`{self.path}` cannot be imported: {error}", hint) from error

    def fact(self, name):
        """An attribute of the class, or of the provider where only that knows."""
        value = getattr(self.kind, name, None)
        return getattr(self.connected(), name) if isinstance(value, property) else value

    def connected(self):
        if self.provider is None:
            try:
                self.provider = self.kind(self.account, **self.arguments)
            except Exception as error:
                raise Refusal("rejected", f"`{self.path}` takes other settings: {error}") from error
        return self.provider

    def hello(self):
        types = sorted(TYPES & set(self.fact("SUPPORTS") or ()))
        return {
            "version": VERSION,
            "name": f"octodns_bridge.py, {self.path}",
            "capabilities": {
                "types": types,
                "apex_ns": "full" if self.fact("SUPPORTS_ROOT_NS") else "hidden",
                "soa": "fixed",
            },
            "abilities": {
                # octoDNS takes a plan as a whole.
                "batch": 1_000_000,
                # It reads once more before it writes.
                "detects_conflict": True,
                "lists_zones": hasattr(self.kind, "list_zones"),
                "creates_zones": bool(self.creates),
            },
        }

    def read(self, name):
        from octodns.zone import Zone

        zone = Zone(name, [])
        try:
            exists = self.connected().populate(zone, target=True, lenient=True)
        except Refusal:
            raise
        except Exception as error:
            raise refused(error, 0) from error
        if exists is False:
            raise Refusal("no_such_zone", f"octoDNS finds no zone `{name}` there")
        return zone

    def fetch(self, name):
        zone = self.held[name] = self.read(name)
        sees_apex_ns = self.fact("SUPPORTS_ROOT_NS")
        records, opaque = [], []
        for record in sorted(zone.records):
            if record._type in TYPES and is_dynamic(record):
                opaque.append({"name": record.fqdn, "type": record._type, "what": "a dynamic record"})
            elif record._type not in TYPES:
                log(f"{record.fqdn} {record._type} is no type of DNS, and is left alone")
            elif record._type != "NS" or record.name or sees_apex_ns:
                rrset = record.to_rrset()
                records.append({"name": rrset.name, "type": rrset._type, "ttl": rrset.ttl, "rdata": rrset.rdatas})
        for start in range(0, max(len(records), 1), CHUNK):
            yield {"records": records[start : start + CHUNK], "more": start + CHUNK < len(records), "opaque": opaque}
            opaque = []

    def apply(self, name, changes):
        from octodns.record import Record
        from octodns.record.rr import Rrset

        desired = (self.held.pop(name, None) or self.read(name)).copy()
        desired.hydrate()
        by_key = {(record.fqdn, record._type): record for record in desired.records}
        wanted = {(change["name"], change["type"]): change for change in changes}
        for key in wanted:
            record = by_key.get(key)
            if record is not None:
                if is_dynamic(record):
                    raise Refusal("rejected", f"{key[0]} {key[1]} is a dynamic record, which no zone file can hold")
                desired.remove_record(record)
        for (owner, rtype), change in wanted.items():
            after = change["after"]
            if after is None:
                continue
            try:
                record = Record.from_rrset(desired, Rrset(owner, rtype, after["ttl"], after["rdata"]), lenient=True)
                if not same(record, after):
                    raise Refusal("rejected", f"octoDNS cannot hold {owner} {rtype} as it is: {after['rdata']}")
                desired.add_record(record, lenient=True)
            except Refusal:
                raise
            except Exception as error:
                raise Refusal("rejected", f"octoDNS cannot hold {owner} {rtype}: {error}") from error
        self.deliver(desired, wanted)
        return {"applied": len(changes)}

    def deliver(self, desired, wanted):
        """Lets octoDNS plan against what is there now, and apply that if it is what was asked for."""
        try:
            plan = self.connected().plan(desired, lenient=True)
        except Refusal:
            raise
        except Exception as error:
            raise refused(error, 0) from error
        if plan is None:
            return
        for change in plan.changes:
            owner, rtype = change.record.fqdn, change.record._type
            asked = wanted.get((owner, rtype))
            if asked is None and rtype not in TYPES:
                continue  # the provider's own bookkeeping
            before = asked and asked["before"]
            moved = not same(change.existing, before) if before else change.existing is not None
            if asked is None or moved:
                raise Refusal("conflict", f"somebody else changed {owner} {rtype} since it was read", "plan again")
        try:
            self.connected().apply(plan)
        except Exception as error:
            # How far it came, octoDNS does not say.
            raise refused(error, None) from error

    def create(self, name, records):
        from octodns.provider.plan import Plan
        from octodns.record import Create, Record
        from octodns.record.rr import Rrset
        from octodns.zone import Zone

        desired = Zone(name, [])
        for record in records:
            if record["type"] == "NS" and self.fact("SUPPORTS_ROOT_NS"):
                rrset = Rrset(record["name"], "NS", record["ttl"], record["rdata"])
                desired.add_record(Record.from_rrset(desired, rrset, lenient=True), lenient=True)
        try:
            existing = Zone(name, [])
            if self.connected().populate(existing, target=True, lenient=True) is False:
                changes = [Create(record) for record in desired.records]
                self.connected().apply(Plan(existing, desired, changes, False))
        except Refusal:
            raise
        except Exception as error:
            raise refused(error, None) from error
        return {}

    def answers(self, request):
        what = request["request"]
        if what == "nameservers":
            yield {"nameservers": []}  # octoDNS does not know them
        elif what == "fetch":
            yield from self.fetch(request["zone"])
        elif what == "apply":
            yield self.apply(request["zone"], request["changes"])
        elif what == "create_zone":
            yield self.create(request["zone"], request["records"])
        elif what == "list_zones":
            yield {"zones": sorted(self.connected().list_zones())}
        else:
            raise Refusal("protocol", f"`{what}` is not known here")


def same(record, data):
    """Whether a record holds a TTL and values: octoDNS has a form of its own between text and text."""
    import dns.rdata

    if record is None:
        return False

    def octets(text):
        return dns.rdata.from_text("IN", record._type, text).to_digestable()

    def values(texts):
        if record._type in ("TXT", "SPF"):
            # How the text is cut into strings is not held.
            return sorted(b"".join(dns.rdata.from_text("IN", "TXT", text).strings) for text in texts)
        return sorted(octets(text) for text in texts)

    return record.ttl == data["ttl"] and values(record.to_rrset().rdatas) == values(data["rdata"])


def is_dynamic(record):
    return bool(getattr(record, "dynamic", None) or getattr(record, "geo", None))


def log(words):
    print(words, file=sys.stderr, flush=True)


def main():
    # What a library prints must not become a line of the protocol.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    bridge = None
    for line in sys.stdin:
        request = json.loads(line)

        def say(answer, request=request):
            print(json.dumps({"id": request["id"], **answer}), file=out, flush=True)

        try:
            if request["request"] == "hello":
                bridge = Bridge(request["account"], request["settings"])
                say(bridge.hello())
            else:
                for answer in bridge.answers(request):
                    say(answer)
        except Refusal as refusal:
            say({"error": refusal.answer})
        except Exception as error:
            logging.exception("%s", request["request"])
            say({"error": refused(error, None).answer})


if __name__ == "__main__":
    main()
