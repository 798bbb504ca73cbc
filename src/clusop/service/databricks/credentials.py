"""The SDK's credentials, for hosts that they may travel to: asked between the SDK's settings and its first secret on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from databricks.sdk.credentials_provider import CredentialsStrategy, DefaultCredentials

from clusop.errors import InputError
from clusop.service.databricks.address import is_safe

if TYPE_CHECKING:
    from databricks.sdk.core import Config, CredentialsProvider

__all__ = ["SafeCredentials"]


class SafeCredentials(CredentialsStrategy):
    """The SDK calls it once it knows the host, which the environment or a profile may have told. Raises ``InputError``."""

    def __init__(self) -> None:
        self._default = DefaultCredentials()

    def auth_type(self) -> str:
        """Which of them it is, once one was found."""
        return self._default.auth_type()

    def __call__(self, cfg: Config) -> CredentialsProvider:
        """The first of the SDK's credentials that fits."""
        if cfg.host and not is_safe(cfg.host):
            raise InputError(
                "databricks", f"{cfg.host[:120]!r} is no https address", "Give https://…: a token travels there."
            )
        return self._default(cfg)
