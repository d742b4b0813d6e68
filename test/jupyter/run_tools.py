"""Runs the commands of papermill, nbclient and nbconvert on a JSON list of argument lists, and prints a JSON list of {code, text}.

Each run is a forked process, so it has an exit code of its own, but the packages are imported only once.
"""

import json
import os
import sys
import tempfile

from nbclient.cli import main as nbclient
from nbconvert.nbconvertapp import main as nbconvert
from papermill.cli import papermill


def run(name, *arguments):
    with tempfile.TemporaryFile("w+") as log:
        child = os.fork()
        if child == 0:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            sys.argv = [name, *arguments]
            {"papermill": papermill, "jupyter-execute": nbclient, "jupyter-nbconvert": nbconvert}[name]()
            sys.exit(0)
        _, status = os.waitpid(child, 0)
        log.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "text": log.read()}


if __name__ == "__main__":
    print(json.dumps([run(*command) for command in json.load(sys.stdin)]))
