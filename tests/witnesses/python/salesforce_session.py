"""simple-salesforce, pointed at a sandbox.

The library always builds `https://<domain>.salesforce.com/…` and `https://<instance>/…`. It takes a session of `requests` as
an argument, and that sends everything to the sandbox. The library itself is as it comes.
"""

from urllib.parse import urlsplit, urlunsplit

import requests
from simple_salesforce import Salesforce

from harness import WitnessCase

VERSION = "62.0"
CONSUMER_KEY = "sandbox-consumer-key"
USERNAME = "portal@sandbox.example"


class Redirected(requests.Session):
    """Sends every request to the sandbox, whatever host it names."""

    def __init__(self, sandbox):
        super().__init__()
        # No proxy or certificate setting of this machine.
        self.trust_env = False
        self._target = urlsplit(sandbox.url)

    def request(self, method, url, *args, **kwargs):
        parts = urlsplit(url)
        path = parts.path if parts.path.startswith("/salesforce/") else f"/salesforce{parts.path}"
        rewritten = urlunsplit((self._target.scheme, self._target.netloc, path, parts.query, ""))
        return super().request(method, rewritten, *args, **kwargs)


def log_in(sandbox, **changes):
    """A client with a session of its own; `changes` replace the right arguments."""
    arguments = {
        "username": USERNAME,
        "consumer_key": CONSUMER_KEY,
        "privatekey_file": str(sandbox.key_file),
        "domain": "login",
        "version": VERSION,
        "session": Redirected(sandbox),
    }
    return Salesforce(**{**arguments, **changes})


class SalesforceCase(WitnessCase):
    """Tests with a logged-in client in `self.sf`."""

    client = "simple-salesforce"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sf = log_in(cls.sandbox)

    def assertRefused(self, error, code, message=None, call=None):
        """`call` ends with the library's exception `error`, whose first entry has `code` and a `message` that matches."""
        with self.assertRaises(error) as caught:
            call()
        first = caught.exception.content[0]
        self.assertEqual(first["errorCode"], code)
        if message is not None:
            self.assertRegex(first["message"], message)
        return first
