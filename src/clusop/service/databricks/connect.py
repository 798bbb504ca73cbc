"""From settings to a warehouse: authentication is the SDK's (environment, profile, OAuth, cloud identities)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusop.errors import InputError
from clusop.service.databricks.warehouse import Warehouse

if TYPE_CHECKING:
    from clusop.service.databricks.statements import StatementSet

__all__ = ["connect"]

# The SDK asks the host what it is before anything else, and tries for five minutes where nobody answers; it does without the
# answer. Our own requests have a patience of their own.
_SDK_PATIENCE: dict[str, Any] = {
    "retry_timeout_seconds": 5,
    "http_timeout_seconds": 10,
}  # Any: the SDK types each apart


def connect(host: str, profile: str, warehouse: str, statements: StatementSet) -> Warehouse:
    """The warehouse ``warehouse`` of a workspace, for ``statements`` only. Nothing is sent yet but what the SDK asks any host
    for: who it is, and a token where one is to be had.

    ``host`` and ``profile`` may be empty: then the environment or ``~/.databrickscfg`` tells them. Raises ``InputError``.
    """
    try:
        from databricks.sdk.core import Config

        from clusop.service.databricks.client import ReadOnlyApiClient
        from clusop.service.databricks.credentials import SafeCredentials
    except ModuleNotFoundError as error:
        raise InputError(
            "databricks", f"the package {error.name!r} is missing", "Install it with: pip install 'clusop[databricks]'"
        ) from error
    if not warehouse:
        raise InputError(
            "databricks.warehouse",
            "no SQL warehouse is named",
            "Give the id of one, such as the last part of its HTTP path.",
        )
    told: dict[str, Any] = {"host": host, "profile": profile}  # Any: the SDK types each option apart
    try:
        config = Config(
            credentials_strategy=SafeCredentials(),
            **{name: value for name, value in told.items() if value},
            **_SDK_PATIENCE,
        )
    except ValueError as error:
        raise InputError(
            "databricks",
            f"the workspace cannot be reached with these settings ({str(error).splitlines()[0][:200]})",
            "Set DATABRICKS_HOST and DATABRICKS_TOKEN or DATABRICKS_CLIENT_ID and _SECRET, or name a profile.",
        ) from error
    return Warehouse(ReadOnlyApiClient(config, statements, warehouse), warehouse)
