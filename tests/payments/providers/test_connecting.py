"""Connecting takes three seconds at most, whatever it is that keeps silent; real sockets, none of them outside."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from payments.providers import transport
from payments.providers.base import NotSent
from payments.providers.hosts import Hosts
from payments.providers.stripe.client import Client
from payments.providers.transport import Transport

NAME = "rail.test"
HOSTS = Hosts(frozenset(), frozenset({NAME, "127.0.0.1"}))
Found = list[tuple[Any, ...]]


def ask(url: str, **limits: Any) -> dict[str, object]:
    return Transport(url, hosts=HOSTS, **limits).post_json("/", {})


def not_sent_within(seconds: float, question: Callable[[], object]) -> None:
    begun = time.monotonic()
    with pytest.raises(NotSent):
        question()
    assert time.monotonic() - begun < seconds


def test_the_limits_are_three_and_eight_seconds() -> None:
    assert (transport.CONNECT_SECONDS, transport.ANSWER_SECONDS) == (3, 8)
    assert Transport("http://127.0.0.1", hosts=HOSTS)._connect_seconds == 3
    assert Transport("http://127.0.0.1", hosts=HOSTS)._answer_seconds == 8


@contextlib.contextmanager
def listening(address: str, port: int = 0, *, backlog: int = 5) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(backlog)
        listener.settimeout(5)
        yield listener


@contextlib.contextmanager
def silent(address: str, port: int = 0) -> Iterator[int]:
    """A port whose queue is full: whoever knocks gets no answer at all."""
    with listening(address, port, backlog=0) as listener, contextlib.ExitStack() as queue:
        for _ in range(3):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def named(monkeypatch: pytest.MonkeyPatch, resolve: Callable[[int], Found]) -> None:
    """The world's directory of names, which tests have none of, knows NAME."""
    real = socket.getaddrinfo

    def answer(host: str, port: int, *more: Any, **others: Any) -> Found:
        return resolve(port) if host == NAME else list(real(host, port, *more, **others))

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def at(*addresses: str) -> Callable[[int], Found]:
    return lambda port: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
    ]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a name with five addresses, none of which answers."""
    addresses = [f"127.0.0.{last}" for last in range(1, 6)]
    named(monkeypatch, at(*addresses))
    with contextlib.ExitStack() as stack:
        port = 0
        for address in addresses:
            port = stack.enter_context(silent(address, port))
        yield f"http://{NAME}:{port}"


@pytest.mark.parametrize("limit", ["connect_seconds", "answer_seconds"])
def test_all_addresses_of_a_name_share_the_time(nowhere: str, limit: str) -> None:
    not_sent_within(1.2, lambda: ask(nowhere, **{limit: 0.5}))


def test_connecting_is_part_of_a_question_to_stripe(nowhere: str) -> None:
    client = Client(url=nowhere, hosts=HOSTS, secret_key="sk_test_1", question_seconds=0.5)
    client._stripe  # noqa: B018  loading the library is no part of the question
    not_sent_within(1.2, lambda: client.session("cs_1"))


def test_an_address_after_a_silent_one_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, at("127.0.0.1", "127.0.0.2"))
    with silent("127.0.0.1") as port, serving(b"{}", address="127.0.0.2", port=port):
        assert ask(f"http://{NAME}:{port}", connect_seconds=1) == {}


def test_looking_up_the_name_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def resolve(port: int) -> Found:
        over.wait(5)
        return []

    named(monkeypatch, resolve)
    not_sent_within(1, lambda: ask(f"http://{NAME}", connect_seconds=0.3))
    over.set()


@contextlib.contextmanager
def dripping() -> Iterator[str]:
    """Answers a TLS greeting byte by byte, always soon enough for a timeout that is counted from the last."""
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            client, _ = listener.accept()
            with client:
                client.sendall(b"\x16\x03\x03\x40\x00")
                while not over.wait(0.05):
                    client.sendall(b"\x02")

    with listening("127.0.0.1") as listener:
        thread = threading.Thread(target=drip, args=[listener])
        thread.start()
        try:
            yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("limit", ["connect_seconds", "answer_seconds"])
def test_a_tls_handshake_that_drips_ends_at_the_limit(limit: str) -> None:
    with dripping() as url:
        not_sent_within(1.5, lambda: ask(url, **{limit: 0.4}))


@pytest.mark.parametrize(("certified", "trusted"), [(NAME, True), (NAME, False), ("other.test", True)])
def test_tls_is_spoken_with_whom_the_certificate_names_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certified: str, trusted: bool
) -> None:
    own = certificate(tmp_path, certified)
    named(monkeypatch, at("127.0.0.1"))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with serving(b'{"ok": 1}', own=own) as port:
        url = f"https://{NAME}:{port}"
        if trusted and certified == NAME:
            assert ask(url) == {"ok": 1}
        else:
            not_sent_within(3, lambda: ask(url))


@contextlib.contextmanager
def serving(
    answer: bytes, *, address: str = "127.0.0.1", port: int = 0, own: Path | None = None
) -> Iterator[int]:
    """Answers one question, by TLS with the certificate and key in ``own``."""

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError), accepted(listener, own) as client:
            client.recv(65_536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
            client.recv(65_536)

    with listening(address, port) as listener:
        thread = threading.Thread(target=serve, args=[listener])
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join()


def accepted(listener: socket.socket, own: Path | None) -> socket.socket:
    client, _ = listener.accept()
    client.settimeout(5)
    if not own:
        return client
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    with client:
        return context.wrap_socket(client, server_side=True)


def certificate(folder: Path, name: str) -> Path:
    """Signed by itself, with its key in the same file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "own.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + written)
    return path
