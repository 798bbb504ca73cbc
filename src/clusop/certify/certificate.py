"""A matrix as what the analysis needs of it to propose an upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.certificates import CertifiedFixture, CertifiedRuntime
from clusop.certify.cell import Outcome
from clusop.units import Range

if TYPE_CHECKING:
    from clusop.certify.cell import Cell
    from clusop.certify.matrix import Matrix

__all__ = ["certificate_of"]


def certificate_of(matrix: Matrix) -> CertifiedRuntime:
    """The runtime is the DBR's number, for an engine that is a release of its own the engine's."""
    stamp = matrix.stamp
    label = f"DBR {stamp.dbr}" if stamp.dbr else f"{stamp.engine} {stamp.engine_version}"
    return CertifiedRuntime(
        engine=stamp.engine,
        release=stamp.dbr or stamp.engine_version,
        label=label,
        made_on=stamp.made_on,
        fixtures=tuple(_fixture(cell) for cell in matrix.cells),
    )


def _fixture(cell: Cell) -> CertifiedFixture:
    shapes = ((one.cause, one.operator, frozenset(one.functions)) for one in cell.findings)
    times = cell.run_time
    return CertifiedFixture(
        cell.fixture,
        cell.outcome is Outcome.NATIVE,
        frozenset(shapes),
        None if times is None else Range.of(times.low_ms, times.high_ms),
    )
