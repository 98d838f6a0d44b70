"""
Checks of a script: each ends in an assertion, and prints one line of JSON with its name and its failure.
"""

import json
import traceback

CHECKS = {}


def check(run):
    CHECKS[run.__name__] = run
    return run


def run_all():
    for name, run in CHECKS.items():
        try:
            run()
            failure = None
        except Exception:
            failure = traceback.format_exc()[-3000:]
        print(json.dumps({"name": name, "failure": failure}), flush=True)
