"""The aggregator's door for records, as ``clusop analyze --send`` uses it: one request, and what its answer means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clusop.errors import InputError

if TYPE_CHECKING:
    import requests

__all__ = ["FindingsDoor"]

_PATH = "/v1/signals"
_TIMEOUT_S = 60.0
_OK = 200
_MOST_TOKEN_BYTES = 4096
_ALONE = "Give the address alone, as http://host:8484."


class FindingsDoor:
    """Raises ``InputError`` for an address or a token file that cannot be used, before any work."""

    def __init__(self, url: str, token_file: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise InputError("--send", f"{url[:100]!r} is no address of an aggregator", "Give http://host:8484.")
        self.base = url.rstrip("/")
        self.url = self.base + _PATH
        self._token = _token(token_file)

    def post(self, lines: list[bytes]) -> dict[str, Any]:  # Any: a JSON document
        """The receipt. Without ``lines`` nothing is stored; address and token are tried all the same. Raises ``InputError``."""
        import requests

        headers = {"Content-Type": "application/x-ndjson", "X-Clusop-Offline": "1"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = b"".join(line + b"\n" for line in lines)
        try:
            answer = requests.post(self.url, body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False)
        except requests.exceptions.SSLError as error:
            raise InputError("--send", "no TLS connection comes about", self._without_tls(str(error))) from error
        except requests.RequestException as error:
            raise InputError(
                "--send", f"no answer of an aggregator ({type(error).__name__})", "See that clusop serve runs there."
            ) from error
        return _receipt(answer)

    def _without_tls(self, told: str) -> str:
        if "CERTIFICATE_VERIFY_FAILED" in told:
            return "This machine does not trust the certificate: let REQUESTS_CA_BUNDLE name the one that signed it."
        return f"If no proxy with TLS stands before it, try http://{self.base.partition('://')[2]}"


def _receipt(answer: requests.Response) -> dict[str, Any]:  # Any: a JSON document
    try:
        document = answer.json()
    except ValueError as error:
        what = f"what answers there is no aggregator (HTTP {answer.status_code}, and no JSON)"
        raise InputError("--send", what, _ALONE) from error
    if answer.status_code != _OK or not isinstance(document, dict) or document.get("clusop_receipt") != 1:
        sentence = document.get("sentence") if isinstance(document, dict) else ""
        told = str(sentence or "")[:200].rstrip(".") or "no answer of an aggregator"
        raise InputError("--send", f"HTTP {answer.status_code}: {told}", _what_to_do(answer.status_code))
    return document


def _token(path: str) -> str:
    if not path:
        return ""
    try:
        with Path(path).open("rb") as file:
            told = file.read(_MOST_TOKEN_BYTES).decode("ascii").strip()
    except (OSError, ValueError) as error:
        raise InputError("--token-file", f"{path[:200]} cannot be read", "Name a file with the token in it.") from error
    if not told or not told.isprintable():
        raise InputError("--token-file", f"{path[:200]} holds no token", "Name a file with the token in it.")
    return told


def _what_to_do(status: int) -> str:
    hint = {
        401: " Give --token-file with an ingest token (clusop serve token create).",
        403: " The token must have the scope ingest, and speak for the workspace.",
        404: f" {_ALONE}",
    }
    return f"Nothing of it was stored.{hint.get(status, '')}"
