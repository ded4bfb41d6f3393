"""A plug-in that does as it should until it is asked for AT, and then as HOW says."""

import json
import os
import signal
import sys
import time

AT, HOW, PLACE = sys.argv[1:4]
with open(os.path.join(PLACE, "pid"), "w") as file:
    file.write(str(os.getpid()))

RECORDS = [{"name": "www.example.com.", "type": "A", "ttl": 300, "rdata": ["192.0.2.1"]}]


def say(**answer):
    print(json.dumps(answer), flush=True)


def fetched(record):
    say(id=asked["id"], records=[{**RECORDS[0], **record}])


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def misbehave():
    if HOW == "hang":
        write('{"id": ')
        time.sleep(600)
    elif HOW == "garbage":
        write("Traceback: " + settings["key"] + "\n")
    elif HOW == "half":
        write('{"id": 1, "rec')
        sys.exit(0)
    elif HOW == "endless":
        while True:
            write("x" * 65536)
    elif HOW == "flood":
        while True:
            say(log="x" * 1000000)
    elif HOW.startswith("exit"):
        sys.exit(int(HOW[4:]))
    elif HOW == "signal":
        os.kill(os.getpid(), signal.SIGTERM)
    elif HOW == "id":
        say(id=asked["id"] + 7, version=1, applied=2)
    elif HOW == "no-id":
        say(version=1, applied=2)
    elif HOW == "field":
        say(id=asked["id"], version=1, surprise=True)
    elif HOW == "version":
        say(id=asked["id"], version=2)
    elif HOW == "stderr":
        for _ in range(50):
            sys.stderr.write(("y" * 100 + "\n") * 1000)
        sys.stderr.write("one\ntwo\nthe end is " + settings["key"] + "\n")
        sys.exit(3)
    elif HOW == "outside":
        fetched({"name": "www.example.net."})
    elif HOW == "relative":
        fetched({"name": "www"})
    elif HOW == "rdata":
        fetched({"rdata": ["192.0.2.333"]})
    elif HOW == "rdata-name":
        fetched({"type": "CNAME", "rdata": ["www"]})
    elif HOW == "type":
        fetched({"type": "ALIAS"})
    elif HOW == "ttl":
        fetched({"ttl": 4000000000})
    elif HOW == "empty":
        fetched({"rdata": []})
    elif HOW == "kind":
        say(id=asked["id"], error={"kind": "odd", "message": "no " + settings["key"], "applied": 0})
    elif HOW == "refuse":
        say(id=asked["id"], error={"kind": "rejected", "message": "not\nthis", "hint": "but that", "applied": 1})
    elif HOW == "silent-refuse":
        say(id=asked["id"], error={"kind": "rate_limited", "message": "later"})
    elif HOW == "fewer":
        say(id=asked["id"], applied=1)
    elif HOW == "uncounted":
        say(id=asked["id"])
    elif HOW == "close":
        os.close(1)
        time.sleep(600)


times = 0
for line in sys.stdin:
    asked = json.loads(line)
    what = asked["request"]
    if what == "hello":
        settings = asked["settings"]
    times += what == "apply"
    if what == AT or AT == f"{what} {times}":
        misbehave()
    elif what == "hello":
        say(log="good morning")
        say(id=asked["id"], version=1, abilities={"batch": 2})
    elif what == "fetch":
        say(id=asked["id"], more=True, records=RECORDS)
        say(id=asked["id"], records=[{**RECORDS[0], "name": "*.example.com."}], handles="7")
    elif what == "apply":
        say(id=asked["id"], applied=len(asked["changes"]), handles="8")
if AT == "end":
    time.sleep(600)
