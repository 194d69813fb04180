"""Witnesses can fail: with a fault planted in the sandbox, the tests that rest on the call at fault have to be red."""

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

RUNNER = Path(__file__).with_name("run.py")


def under_fault(module, **fault):
    """Runs one witness under a fault; gives its exit status and the names of the tests that failed."""
    run = subprocess.run(
        [sys.executable, "-B", str(RUNNER), module],
        env={**os.environ, "WITNESS_FAULT": json.dumps(fault)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return run.returncode, re.findall(r"^(?:FAIL|ERROR): (\w+)", run.stderr, re.MULTILINE)


class SeededFaults(unittest.TestCase):
    def assertNoticed(self, module, test, **fault):
        status, failed = under_fault(module, **fault)
        self.assertEqual(status, 1)
        self.assertIn(test, failed)

    def test_a_login_without_a_token(self):
        self.assertNoticed(
            "test_salesforce_login",
            "test_a_jwt_gets_a_session",
            target="salesforce",
            action="token",
            kind="error",
            message="not today",
        )

    def test_records_of_wrong_types(self):
        self.assertNoticed(
            "test_salesforce_records",
            "test_upsert_makes_then_changes",
            target="salesforce",
            action="upsert",
            kind="html",
            status=500,
        )

    def test_members_of_wrong_types_in_lists(self):
        self.assertNoticed(
            "test_whmcspy", "test_invoices_come_in_pages", target="whmcs", action="GetInvoices", kind="wrong_types"
        )

    def test_members_of_wrong_types_for_the_client_that_checks_types(self):
        self.assertNoticed(
            "test_whmcs_api_client",
            "test_invoices_are_counted_and_paged",
            target="whmcs",
            action="GetInvoices",
            kind="wrong_types",
        )
