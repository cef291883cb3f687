"""Real servers for tests (nginx, Dovecot, mastodon_mock): on loopback, in a folder of their own, ended by their pid."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import imapclient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fakes.mailbox import CAME, free_port

STARTING = 60.0
USER, PASSWORD = "soporte@marca.test", "secreto"


class Server:
    """A program that listens on a port until the ``with`` ends."""

    def __init__(self) -> None:
        self.port = free_port()
        # Not pytest's folder: a server that gives up root could not walk down to it.
        self.folder = Path(tempfile.mkdtemp(prefix="cd-server-"))
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str, **options: Any) -> None:
        """Start it and wait until it listens; what it says when it does not is in the error."""
        said = self.folder / "said.txt"
        with said.open("wb") as out:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=out, stderr=out, **options)
        deadline = time.monotonic() + STARTING
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    raise AssertionError(f"{command[0]} does not listen") from None
            time.sleep(0.02)

    @property
    def place(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "") -> str:
        """The address of a path."""
        return f"http://{self.place}{path}"

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Server):
    """Serves the files that ``put`` writes; ``/moved.xml``, ``/gone.xml``, ``/busy.xml``, ``/down.xml`` are rules."""

    CONF = """
{user}daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; default_type application/rss+xml; gzip on; gzip_types application/rss+xml; gzip_min_length 1;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{
        listen 127.0.0.1:{port}; root {folder}/www; absolute_redirect off;
        location = /moved.xml {{ return 301 /feed.xml; }}
        location = /gone.xml {{ return 410; }}
        location = /busy.xml {{ add_header Retry-After 120 always; return 429; }}
        location = /down.xml {{ return 503; }}
    }}
}}
"""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program

    def __enter__(self) -> Nginx:
        (self.folder / "www").mkdir()
        user = "user root; " if os.geteuid() == 0 else ""
        conf = self.folder / "nginx.conf"
        conf.write_text(self.CONF.format(folder=self.folder, port=self.port, user=user))
        self.run(self._program, "-c", str(conf), "-e", str(self.folder / "error.log"))
        return self

    def put(self, name: str, body: str, at: datetime) -> None:
        """A file as it was written at ``at``."""
        path = self.folder / "www" / name
        path.write_text(body, "utf-8")
        os.utime(path, (at.timestamp(), at.timestamp()))


class Dovecot(Server):
    """IMAP as of 2.3, run without root: in clear on ``port``, with a certificate of its own on ``tls``."""

    CONF = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program
        self.tls = free_port()

    def __enter__(self) -> Dovecot:
        import grp  # neither is on Windows, where there is no Dovecot
        import pwd

        root = os.geteuid() == 0
        person = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        group = grp.getgrgid(person.pw_gid).gr_name
        cert, key = certificate(self.folder, "localhost")
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (self.folder / "mail").mkdir()
        conf = self.folder / "dovecot.conf"
        names = {"folder": self.folder, "port": self.port, "tls": self.tls, "user": person.pw_name, "group": group}
        conf.write_text(self.CONF.format(**names))
        if root:
            for path in (self.folder, self.folder / "mail", self.folder / "users", cert, key, conf):
                os.chown(path, person.pw_uid, person.pw_gid)
        options = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []} if root else {}
        self.run(self._program, "-F", "-c", str(conf), **options)
        return self

    def client(self) -> imapclient.IMAPClient:
        """Signed in."""
        client = imapclient.IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(USER, PASSWORD)
        return client

    def put(self, folder: str, *letters: bytes) -> None:
        """Deliver letters, making the folder where there is none."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for letter in letters:
                client.append(folder, letter, msg_time=CAME)


class MastodonMock(Server):
    """A server with the accounts ``marca`` and ``clienta``, whose tokens are ``marca_token`` and ``clienta_token``."""

    CONF = """
domain = "{place}"
[ratelimit]
enabled = false
[streaming]
heartbeat_seconds = 0.5
[[seed.accounts]]
username = "marca"
access_token = "marca_token"
[[seed.accounts]]
username = "clienta"
access_token = "clienta_token"
"""

    def __enter__(self) -> MastodonMock:
        conf = self.folder / "mm.toml"
        conf.write_text(self.CONF.format(place=self.place))
        program = str(Path(sys.executable).with_name("mastodon_mock"))
        self.run(program, "serve", "--in-memory", "--config", str(conf), "--port", str(self.port))
        return self


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that nobody but its key has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.TraditionalOpenSSL
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return cert_file, key_file
