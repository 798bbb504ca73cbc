"""One JVM with the listener and the probe in it, asked over Py4J what Scala answers to an input."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from build_jars import main_jar, probe_jar
from find_java import find_java_home
from spark_versions import BUILD_RELEASES, installed_release

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["ProbeJvm"]


class ProbeJvm:
    """A context manager; ``answer`` asks ``com.clusop.probe.Answers`` of the given Scala version."""

    def __init__(self, scala_binary: str) -> None:
        from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway

        java_home = find_java_home()
        if java_home is None:
            raise RuntimeError("no Java 17 to 21 to run the listener's code with")
        release = next(one for one in BUILD_RELEASES if one.scala_binary == scala_binary)
        spark = installed_release(release) / "pyspark" / "jars"
        # The probe's own classes first; Spark's jars bring Scala and Py4J's server.
        parts = [str(main_jar(scala_binary)), str(probe_jar(scala_binary)), str(spark / "*")]
        port, token, self._process = launch_gateway(
            jarpath=str(next(spark.glob("py4j-*.jar"))),
            classpath=":".join(parts),
            javaopts=["-Xmx1g", "-XX:+UseSerialGC"],
            java_path=str(java_home / "bin" / "java"),
            die_on_exit=True,
            enable_auth=True,
            return_proc=True,
            redirect_stdout=subprocess.DEVNULL,
        )
        self._gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=token))
        self._answers = self._gateway.jvm.com.clusop.probe.Answers

    def answer(self, kind: str, text: str) -> str:
        """Scala's answer; an exception is an answer too, and one that Python never gives."""
        from py4j.protocol import Py4JJavaError

        try:
            return str(self._answers.of(kind, text))
        except Py4JJavaError as error:
            return f"threw {error.java_exception.toString()}"

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End the JVM."""
        self._gateway.shutdown()
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
