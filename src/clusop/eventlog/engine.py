"""Engine: which native engine an application had, and whether it was on for one execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.cluster_settings import TAGS
from clusop.analysis.observed import EngineFact, EngineState
from clusop.eventlog.environment import ENGINE_SWITCHES
from clusop.plan.dialect import PLAIN_SPARK, dialect, dialect_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["engine_configured", "engine_of_execution", "is_databricks"]

_VERSION_TAGS = (TAGS + "effectiveSparkVersion", TAGS + "sparkVersion", TAGS + "sparkImageLabel")
_RUNTIME_ENGINE = TAGS + "runtimeEngine"
_STRANGERS = ("GlutenPlugin", "com.nvidia.spark.SQLPlugin", "BlazeSparkSessionExtension", "AuronSparkSessionExtension")
_CLASS_SETTINGS = ("spark.plugins", "spark.sql.extensions")
_ON, _OFF = "true", "false"


def engine_configured(settings: Mapping[str, str], *, was_seen: bool) -> EngineFact:
    """The engine the application's settings name, on by default. ``was_seen``: whether the log told any settings.

    Photon by ``runtimeEngine`` or ``-photon-`` in a version or image label; Comet by its plugin or session extension. A native
    engine nobody here has a dialect for, and a Databricks cluster that tells neither, are unknown.
    """
    photon = _photon_evidence(settings)
    if photon:
        return EngineFact("photon", EngineState.ON, photon)
    classes = [(name, entry.strip()) for name in _CLASS_SETTINGS for entry in settings.get(name, "").split(",")]
    for name, entry in classes:
        for engine in dialect_ids():
            if entry in dialect(engine).conf_classes:
                return EngineFact(engine, EngineState.ON, f"{name} names {entry}")
    for name, entry in classes:
        if entry.endswith(_STRANGERS):
            return EngineFact("", EngineState.UNKNOWN, f"{name} names {entry}, an engine without a dialect here")
    if not was_seen and not is_databricks(settings):
        return EngineFact("", EngineState.UNKNOWN, "the log tells no settings")
    if is_databricks(settings) and not any(settings.get(tag) for tag in (*_VERSION_TAGS, _RUNTIME_ENGINE)):
        return EngineFact("", EngineState.UNKNOWN, "the cluster's tags do not tell its runtime")
    return EngineFact(PLAIN_SPARK, EngineState.OFF, "no setting names a native engine")


def is_databricks(settings: Mapping[str, str]) -> bool:
    """Whether the settings are those of a Databricks cluster."""
    return any(name.startswith("spark.databricks.") for name in settings if name not in ENGINE_SWITCHES["photon"])


def engine_of_execution(configured: EngineFact, settings: Mapping[str, str], modified: Mapping[str, str]) -> EngineFact:
    """The same for one execution: its ``modifiedConfigs`` win over the application's settings, either way."""
    for name in ENGINE_SWITCHES.get(configured.name, ()):
        value, where = settings.get(name, ""), "the application's settings"
        if name in modified:
            value, where = modified[name], "this execution's modifiedConfigs"
        if value.strip().lower() == _OFF:
            return EngineFact(configured.name, EngineState.OFF, f"{name}=false in {where}")
        if name in modified and value.strip().lower() == _ON:
            configured = EngineFact(configured.name, EngineState.ON, f"{name}=true in {where}")
    return configured


def _photon_evidence(settings: Mapping[str, str]) -> str:
    if settings.get(_RUNTIME_ENGINE, "").upper() == "PHOTON":
        return f"{_RUNTIME_ENGINE}=PHOTON"
    for tag in _VERSION_TAGS:
        if "-photon-" in settings.get(tag, ""):
            return f"{tag}={settings[tag][:120]}"
    return ""
