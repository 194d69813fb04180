"""A mail server with TLS and a sign-in, for the portal's tests: aiosmtpd, which knows nothing of the portal.

Says where it listens in one line of JSON, then one line for each message that it has taken. Ends when its input does.

  starttls   STARTTLS and a sign-in (portal, right) before anything else
  smtps      TLS from the first byte, the same sign-in
  plain      neither
  ca         file with the authority that vouches for it

What it does with a message, its recipient says: `refused@` is refused for good, `greylisted@` at the first attempt, and for `cut@` it
goes away in the middle of the message, for `taken@` after the whole of it.
"""

import asyncio
import datetime
import email
import email.policy
import functools
import ipaddress
import json
import ssl
import sys
import tempfile
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
USER, PASSWORD = b"portal", b"right"


def say(value):
    print(json.dumps(value), flush=True)


class Taker:
    """Takes messages, or does not."""

    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("greylisted@") and address not in self.seen:
            self.seen.add(address)
            return "450 4.2.0 Greylisted, come back"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        say(
            {
                "to": envelope.rcpt_tos,
                "via": server.via,
                "signed_in": bool(session.authenticated),
                "type": message.get_content_type(),
                "headers": {name.lower(): str(value) for name, value in message.items()},
                "parts": parts,
            }
        )
        if any(address.startswith("taken@") for address in envelope.rcpt_tos):
            server.transport.abort()
        return "250 OK"


class Leaving(SMTP):
    """Goes away where a message begins, if its recipient says so."""

    def __init__(self, handler, via, **options):
        super().__init__(handler, **options)
        self.via = via

    async def push(self, status):
        await super().push(status)
        text = status if isinstance(status, str) else status.decode()
        if text.startswith("354") and any(address.startswith("cut@") for address in self.envelope.rcpt_tos):
            self.transport.abort()


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=False)


def certificate(name, key, issuer_name, issuer_key, *, authority):
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def common_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def tls(folder):
    """The server's side of TLS, and the file with the authority."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = common_name("Authority of one test")
    authority = certificate(authority_name, authority_key, authority_name, authority_key, authority=True)
    own = certificate(common_name("localhost"), key, authority_name, authority_key, authority=False)
    pem = serialization.Encoding.PEM
    ca_file, chain_file, key_file = (folder / name for name in ("ca.pem", "chain.pem", "key.pem"))
    ca_file.write_bytes(authority.public_bytes(pem))
    chain_file.write_bytes(own.public_bytes(pem))
    key_file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain_file, key_file)
    return context, ca_file


async def serve(folder):
    context, ca_file = tls(folder)
    taker, loop = Taker(), asyncio.get_running_loop()
    sign_in = {"authenticator": authenticate, "auth_required": True}
    kinds = {
        "starttls": (None, {"tls_context": context, "require_starttls": True, **sign_in}),
        "smtps": (context, {"auth_require_tls": False, **sign_in}),
        "plain": (None, {}),
    }
    ports = {}
    for name, (wrapped, options) in kinds.items():
        protocol = functools.partial(Leaving, taker, name, **options)
        server = await loop.create_server(protocol, HOST, 0, ssl=wrapped)
        ports[name] = server.sockets[0].getsockname()[1]
    say({**ports, "ca": str(ca_file)})
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="portal-smtp-") as room:
        asyncio.run(serve(Path(room)))
