"""Facts of runs as ``run_fixture`` keeps them, made by hand."""

from __future__ import annotations

from clusop.certify.workload import Expected, Workload

PLAN_OFF = """== Physical Plan ==
* HashAggregate (5)
+- * ColumnarToRow (4)
   +- CometColumnarExchange (3)
      +- * HashAggregate (2)
         +- BatchEvalPython (1)
            +- CometScan parquet (0)
"""
PLAN_NATIVE = """== Physical Plan ==
* CometColumnarToRow (3)
+- CometHashAggregate (2)
   +- CometExchange (1)
      +- CometScan parquet (0)
"""


def fixture(name="one", verdict="fallback", causes=("python-udf",), **more):
    return Workload(name, "What it shows.", Expected(verdict, causes), lambda _spark, _data: None, group="g", **more)


def row(verdict="fallback", causes=("python-udf",), role="user", reasons=()):
    return {
        "verdict": verdict,
        "role": role,
        "verdict_reasons": list(reasons),
        "findings": [{"cause": cause, "operator": "BatchEvalPython", "functions": []} for cause in causes],
    }


def words(native=2, eligible=4, reasons=(("BatchEvalPython", "BatchEvalPython is not supported"),)):
    return {"native": native, "eligible": eligible, "reasons": [list(pair) for pair in reasons], "unavailable": ""}


def execution(number=0, agent=None, said=None, plan=PLAN_OFF, **more):
    return {
        "id": number,
        "root": number,
        "description": "one",
        "plan": plan,
        "failed": False,
        "is_finished": True,
        "agent": row() if agent is None else agent,
        "engine_words": words() if said is None else said,
        **more,
    }


def run(*executions, error="", set_up_error="", timed_out=False):
    return {
        "executions": list(executions),
        "error": error,
        "set_up_error": set_up_error,
        "timed_out": timed_out,
        "seconds": 1.0,
    }


def facts(*runs, without_engine=None):
    return {"application": 1, "runs": list(runs), "without_engine": without_engine}
