"""Drives a vendor's own client, or octoDNS, and prints one line of JSON a step.

    python -P run.py VENDOR client|octodns

The first line of the input is the task, JSON; each line of output waits for a line of input, so that whoever counts
the requests knows which step they belong to. The task holds `endpoint`, `zone` (without its final dot), `new_zone`, `secrets` (by key), `rejections` and `sizes`.
VENDOR.py beside this file has two things to offer:

    class Client:                       made with the task; the vendor's own client does the work
        create_zone(name)
        list(zone)                      -> [[subname, type, ttl, [content, ...]], ...]; the apex is ""
        create(zone, subname, type, ttl, contents)
        change(zone, subname, type, ttl, contents)
        delete(zone, subname, type)
        refused(method, path, body)     sends that request; a refusal raises the client's own exception
    def octodns(task)                   -> an octoDNS provider of the task's account
"""

import importlib.util
import json
import logging
import pathlib
import sys


def say(step, **said):
    print(json.dumps({"step": step, **said}), flush=True)
    sys.stdin.readline()


def attempt(step, work):
    try:
        say(step, ok=True, value=work())
    except Exception as error:  # Whatever the client raises is what the test wants to know.
        say(step, ok=False, error=f"{type(error).__module__}.{type(error).__name__}: {error}")


def listed(client, zone):
    return sorted([name, kind, ttl, sorted(contents)] for name, kind, ttl, contents in client.list(zone))


def drive(client, task):
    zone = task["new_zone"]
    attempt("create_zone", lambda: client.create_zone(zone))
    attempt("list_new", lambda: listed(client, zone))
    for name, kind, contents in task["sets"]:
        attempt("create", lambda: client.create(zone, name, kind, 3600, contents))
    attempt("list_created", lambda: listed(client, zone))
    attempt("change", lambda: client.change(zone, "www", "A", 7200, ["192.0.2.3"]))
    attempt("list_changed", lambda: listed(client, zone))
    attempt("delete", lambda: client.delete(zone, "www", "A"))
    attempt("list_deleted", lambda: listed(client, zone))
    for row in task["rejections"]:
        attempt(row["name"], lambda: client.refused(row["method"], row["path"], row["body"]))


def converge(provider, task):
    from octodns.record import Record
    from octodns.zone import Zone

    name = task["zone"] + "."

    def desired(size):
        zone = Zone(name, [])
        provider.populate(zone, lenient=True)
        for index in range(size):
            data = {"type": "A", "ttl": 3600, "value": f"10.0.{index // 250}.{index % 250}"}
            zone.add_record(Record.new(zone, f"n{index}", data))
        return zone

    kept = desired(0)
    for size in task["sizes"]:
        zone = desired(size)
        plan = provider.plan(zone)
        say("planned", ok=True, value=len(plan.changes) if plan else 0)
        attempt(f"apply_{size}", lambda: provider.apply(plan))
        attempt("again", lambda: len(plan.changes) if (plan := provider.plan(zone)) else 0)
        plan = provider.plan(kept)
        attempt("remove", lambda: provider.apply(plan))


def main():
    vendor, mode = sys.argv[1:]
    path = pathlib.Path(__file__).with_name(f"{vendor}.py")
    spec = importlib.util.spec_from_file_location("vendor", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    logging.disable(logging.CRITICAL)
    task = json.loads(sys.stdin.readline())
    if mode == "client":
        drive(module.Client(task), task)
    else:
        converge(module.octodns(task), task)


main()
