"""Runs the witnesses in Python: all of them, or the modules, classes or tests named as arguments (`run.py test_whmcspy`).

A test that is skipped or expected to fail fails the run, and so does a run without tests.
"""

import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names):
    sys.path.insert(0, str(FOLDER))
    sys.dont_write_bytecode = True
    modules = names or sorted(file.stem for file in FOLDER.glob("test_*.py"))
    suite = unittest.defaultTestLoader.loadTestsFromNames(modules)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    unrun = [test for test, _ in result.skipped + result.expectedFailures] + result.unexpectedSuccesses
    for test in unrun:
        print(f"witnesses: {test}: did not run", file=sys.stderr)
    if result.testsRun == 0:
        print("witnesses: no test ran", file=sys.stderr)
    return 0 if result.wasSuccessful() and not unrun and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
