"""Runs a plug-in and writes down what it reads and writes."""

import subprocess
import sys

log = open(sys.argv[1], "w")
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
for request in sys.stdin:
    log.write("> " + request)
    child.stdin.write(request)
    child.stdin.flush()
    while True:
        answer = child.stdout.readline()
        log.write("< " + answer)
        log.flush()
        sys.stdout.write(answer)
        sys.stdout.flush()
        if '"more": true' not in answer:
            break
child.stdin.close()
child.wait()
