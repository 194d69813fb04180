"""simple-salesforce logs in with a JWT, is refused for the right reason, and gets over a session that ends."""

import warnings

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceResourceNotFound,
)

from harness import WitnessCase
from salesforce_session import Redirected, log_in


def foreign_key():
    """A private key that the simulated organisation has never seen, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


class Login(WitnessCase):
    client = "simple-salesforce"

    def assertLoginRefused(self, code, message, **changes):
        with warnings.catch_warnings():
            # The library explains how a user approves an app, which is not an error here.
            warnings.simplefilter("ignore")
            with self.assertRaises(SalesforceAuthenticationFailed) as caught:
                log_in(self.sandbox, **changes)
        self.assertEqual((caught.exception.code, caught.exception.auth_message), (code, message))

    def test_a_jwt_gets_a_session(self):
        sf = log_in(self.sandbox)
        self.assertRegex(sf.session_id, r"^00D.+!.+")
        self.assertGreater(sf.query("SELECT Id FROM Account")["totalSize"], 0)

    def test_the_key_may_be_given_as_text_and_the_audience_may_be_the_one_of_sandboxes(self):
        key = self.sandbox.key_file.read_text()
        sf = log_in(self.sandbox, privatekey_file=None, privatekey=key, domain="test")
        self.assertTrue(sf.session_id)

    def test_another_audience_is_refused(self):
        self.assertLoginRefused("invalid_grant", "audience is invalid", domain="example.my")

    def test_an_unknown_user_is_refused(self):
        self.assertLoginRefused("invalid_grant", "user hasn't approved this consumer", username="nobody@example.com")

    def test_an_unknown_consumer_key_is_refused(self):
        self.assertLoginRefused("invalid_client_id", "client identifier invalid", consumer_key="somebody-else")

    def test_another_key_is_refused(self):
        self.assertLoginRefused("invalid_grant", "invalid assertion", privatekey_file=None, privatekey=foreign_key())

    def test_an_assertion_that_is_too_old_is_refused(self):
        self.sandbox.control("POST", "clock", {"advance_seconds": 3_600})
        try:
            self.assertLoginRefused("invalid_grant", "expired authorization code")
        finally:
            self.sandbox.control("POST", "clock", {"advance_seconds": -3_600})

    def test_a_session_that_ended_is_made_anew(self):
        sf = log_in(self.sandbox)
        before = sf.session_id
        self.assertGreater(sf.query("SELECT Id FROM Account")["totalSize"], 0)
        self.sandbox.control("POST", "tokens/expire")
        self.assertGreater(sf.query("SELECT Id FROM Contact")["totalSize"], 0)
        self.assertNotEqual(sf.session_id, before)

    def test_a_session_that_was_never_given_is_an_error(self):
        sf = Salesforce(instance="any.my.salesforce.com", session_id="00D0!made-up", session=Redirected(self.sandbox))
        with self.assertRaises(SalesforceExpiredSession) as caught:
            sf.query("SELECT Id FROM Account")
        self.assertEqual(caught.exception.status, 401)
        self.assertEqual(
            caught.exception.content,
            [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}],
        )

    def test_a_version_that_does_not_exist_is_not_found(self):
        sf = log_in(self.sandbox, version="99.0")
        with self.assertRaises(SalesforceResourceNotFound) as caught:
            sf.query("SELECT Id FROM Account")
        self.assertEqual(caught.exception.content[0]["errorCode"], "NOT_FOUND")
