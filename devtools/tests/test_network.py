"""Use case: a machine behind a mirror, a proxy or a company's CA installs as pip would there."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devtools import network
from devtools.console import Failure

WHEEL = b"not really a wheel"
NAME = "thing-1.0-py3-none-any.whl"


class _Index(BaseHTTPRequestHandler):
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        pages = {
            "/simple/thing/": f'<a href="../../files/{NAME}#sha256=00">{NAME}</a>'.encode(),
            f"/files/{NAME}": WHEEL,
        }
        self.send_response(200 if self.path in pages else 404)
        self.end_headers()
        self.wfile.write(pages.get(self.path, b""))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _index() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    handler = type("Handler", (_Index,), {"seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}", handler.seen  # type: ignore[attr-defined]  # made three lines up
        finally:
            server.shutdown()
            thread.join()


def _registry(index: str) -> network.Registry:
    return network.Registry(index=index, certificate="", proxy="")


def test_without_a_word_the_public_index_is_used(tmp_path: Path) -> None:
    found = network.registry({"HOME": str(tmp_path)})
    assert found.index == network.INDEX_DEFAULT
    assert not found.mirrored


def test_the_environment_stands_above_the_configuration_file(tmp_path: Path) -> None:
    configured = tmp_path / ".config" / "pip" / "pip.conf"
    configured.parent.mkdir(parents=True)
    configured.write_text("[global]\nindex-url = https://mirror.example/simple/\ncert = /etc/company.pem\n")
    found = network.registry({"HOME": str(tmp_path)})
    assert (found.index, found.certificate, found.mirrored) == (
        "https://mirror.example/simple",
        "/etc/company.pem",
        True,
    )
    found = network.registry({"HOME": str(tmp_path), "PIP_INDEX_URL": "https://other.example/simple"})
    assert (found.index, found.certificate) == ("https://other.example/simple", "/etc/company.pem")


def test_uv_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    told = network.Registry(index="https://m.example/simple", certificate="/ca.pem", proxy="http://p:3128").for_uv()
    assert told["UV_DEFAULT_INDEX"] == "https://m.example/simple"
    assert told["SSL_CERT_FILE"] == "/ca.pem"
    assert told["HTTPS_PROXY"] == "http://p:3128"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example/simple")
    assert (
        "UV_DEFAULT_INDEX" not in network.Registry(index="https://m.example/simple", certificate="", proxy="").for_uv()
    )


def test_a_file_comes_from_the_mirror_with_the_mirrors_credentials() -> None:
    with _index() as (host, seen):
        data = network.wheel(
            _registry(f"http://me:s%40cret@{host}/simple"), "thing", NAME, hashlib.sha256(WHEEL).hexdigest()
        )
    assert data == WHEEL
    assert [path for path, _ in seen] == ["/simple/thing/", f"/files/{NAME}"]
    assert seen[0][1] == "Basic " + base64.b64encode(b"me:s@cret").decode()


def test_a_file_that_is_not_the_pinned_one_is_refused() -> None:
    with _index() as (host, _), pytest.raises(Failure, match="SHA-256"):
        network.wheel(_registry(f"http://{host}/simple"), "thing", NAME, "0" * 64)


def test_a_mirror_without_the_file_is_named() -> None:
    with _index() as (host, _), pytest.raises(Failure, match=r"other-1\.0\.whl"):
        network.wheel(_registry(f"http://{host}/simple"), "thing", "other-1.0.whl", "0" * 64)


@pytest.mark.slow
def test_no_network_is_named_with_the_way_out() -> None:
    with pytest.raises(Failure) as caught:
        network.wheel(_registry("http://127.0.0.1:9/simple"), "thing", NAME, "0" * 64)
    assert "HTTPS_PROXY" in caught.value.way_out
