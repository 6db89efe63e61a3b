"""The network as pip would use it: index, proxy, certificates; and downloads that are checked by their hash.

uv reads neither `pip.conf` nor `PIP_*`, and a company's machine has its mirror, proxy and CA written exactly there. So
they are read here, by pip's own precedence (environment, user's file, system's file), and passed on in uv's words.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from devtools.console import Failure, text, ways_out

INDEX_DEFAULT: Final = "https://pypi.org/simple"
_ATTEMPTS_MAX: Final = 3
_TIMEOUT_S: Final = 60
_BYTES_MAX: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Registry:
    """Where Python packages come from. `certificate` and `proxy` are empty where nothing was said."""

    index: str
    certificate: str
    proxy: str

    @property
    def mirrored(self) -> bool:
        """Whether packages come from another index than the one that `uv.lock` names."""
        return self.index.rstrip("/") != INDEX_DEFAULT

    def for_uv(self) -> dict[str, str]:
        """The same in uv's variables. What the person has set for uv itself stands."""
        words = {
            "UV_DEFAULT_INDEX": self.index if self.mirrored else "",
            "SSL_CERT_FILE": self.certificate,
            "HTTPS_PROXY": self.proxy,
            "HTTP_PROXY": self.proxy,
        }
        return {name: value for name, value in words.items() if value and name not in os.environ}


def registry(environ: Mapping[str, str] = os.environ) -> Registry:
    """What pip's environment and configuration files say."""
    told = {**_configured(environ), **_from_variables(environ)}
    return Registry(
        index=(told.get("index-url") or INDEX_DEFAULT).rstrip("/"),
        certificate=told.get("cert", ""),
        proxy=told.get("proxy", ""),
    )


def _from_variables(environ: Mapping[str, str]) -> dict[str, str]:
    names = {"index-url": "PIP_INDEX_URL", "cert": "PIP_CERT", "proxy": "PIP_PROXY"}
    return {key: environ[name] for key, name in names.items() if environ.get(name)}


def _configured(environ: Mapping[str, str]) -> dict[str, str]:
    home = Path(environ.get("HOME") or "/nonexistent")
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf"]
    files.append(Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf")
    if environ.get("PIP_CONFIG_FILE"):
        files.append(Path(environ["PIP_CONFIG_FILE"]))
    parser = configparser.RawConfigParser()
    try:
        parser.read([path for path in files if os.access(path, os.R_OK)], encoding="utf-8")
    except configparser.Error:
        return {}  # pip would refuse it; for us it is a file that says nothing
    found: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            found.update(parser.items(section))
    return found


class _Links(HTMLParser):
    """The links of a package's page in a simple index, by file name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href")
        if tag == "a" and address:
            self.found[urllib.parse.unquote(urllib.parse.urlsplit(address).path.rsplit("/", 1)[-1])] = address


def wheel(source: Registry, package: str, filename: str, sha256: str) -> bytes:
    """The bytes of one wheel of `package`. Raises `Failure` when it cannot be had or is not what was pinned."""
    page = f"{source.index}/{package}/"
    links = _Links()
    links.feed(_get(source, page, accept="text/html").decode("utf-8", "replace"))
    if filename not in links.found:
        raise Failure(
            text(f"{page} does not offer {filename}.", f"{page} 没有提供 {filename}。"),
            text("Use another mirror in PIP_INDEX_URL, or none.", "请在 PIP_INDEX_URL 中换一个镜像，或不用镜像。"),
        )
    data = _get(source, urllib.parse.urljoin(page, links.found[filename]), accept="*/*")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Failure(
            text(
                f"{filename} is not the file that was pinned: its SHA-256 differs.",
                f"{filename} 与锁定的文件不符：SHA-256 不同。",
            ),
            text(
                "Something between here and the index changes files; use another network.",
                "途中有人改动了文件，请更换网络后重试。",
            ),
        )
    return data


def _get(source: Registry, url: str, *, accept: str) -> bytes:
    bare, credentials = _without_credentials(url)
    request = urllib.request.Request(bare, headers={"Accept": accept, "User-Agent": "drillyard-dev"})  # noqa: S310
    if credentials:
        request.add_header("Authorization", f"Basic {credentials}")
    opener = _opener(source)
    for attempt in range(_ATTEMPTS_MAX):
        try:
            with opener.open(request, timeout=_TIMEOUT_S) as answer:
                data: bytes = answer.read(_BYTES_MAX + 1)
            break
        except urllib.error.HTTPError as error:
            raise Failure(f"{bare}: HTTP {error.code}", ways_out()["network"]) from error
        except (OSError, urllib.error.URLError) as error:
            if attempt + 1 == _ATTEMPTS_MAX:
                kind = "certificate" if "CERTIFICATE" in str(error) else "network"
                raise Failure(f"{bare}: {getattr(error, 'reason', error)}", ways_out()[kind]) from error
            time.sleep(1 + attempt)
    if len(data) > _BYTES_MAX:
        raise Failure(f"{bare}: more than {_BYTES_MAX} bytes")
    return data


def _opener(source: Registry) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=source.certificate or None)
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if source.proxy:
        handlers.append(urllib.request.ProxyHandler({"http": source.proxy, "https": source.proxy}))
    return urllib.request.build_opener(*handlers)


def _without_credentials(url: str) -> tuple[str, str]:
    """The address without `user:password@`, and those as HTTP's Basic scheme wants them."""
    parts = urllib.parse.urlsplit(url)
    if not parts.username:
        return url, ""
    pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
    bare = parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1])
    return urllib.parse.urlunsplit(bare), base64.b64encode(pair.encode()).decode("ascii")
