"""Compute on which the notebook cannot work is refused before anything is made."""

from __future__ import annotations

import pytest

from clusop.errors import InputError

pytest.importorskip("pyspark", reason="the runner imports pyspark (make test installs it)")


class Shared:
    """What a cluster in Standard access mode gives: a session that has no way into the JVM."""

    def __getattr__(self, name):
        message = f"[JVM_ATTRIBUTE_NOT_SUPPORTED] Attribute `{name}` is not supported."
        raise AttributeError(message)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        (
            {"DATABRICKS_RUNTIME_VERSION": "16.4"},
            "shuts Python out of the JVM. Attach a cluster in Dedicated access mode.",
        ),
        (
            {"DATABRICKS_RUNTIME_VERSION": "client.5.1"},
            "serverless compute has no driver to watch. Attach a dedicated cluster.",
        ),
        (
            {"DATABRICKS_RUNTIME_VERSION": "16.4", "IS_SERVERLESS": "TRUE"},
            "serverless compute has no driver to watch. Attach a dedicated cluster.",
        ),
        ({}, "this is no Databricks driver. On another machine run `clusop certify --engine comet`."),
    ],
)
def test_where_there_is_no_way_to_the_jvm(tmp_path, monkeypatch, environment, says):
    from clusop.certify.on_cluster import Settings, certify_here

    for name in ("DATABRICKS_RUNTIME_VERSION", "IS_SERVERLESS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=r"^certify: ") as refused:
        certify_here(Shared(), Settings(volume=str(tmp_path / "volume")))
    assert str(refused.value).endswith(says)
    assert list(tmp_path.iterdir()) == []
