"""Where Python polls and cannot send, the JVM does: the owner's certificate authority is known to Java and not to Python. P11."""

from __future__ import annotations

import json
import ssl
import subprocess

import pytest
from local_aggregator import accepted, local_aggregator

PASSWORD = "changeit"


@pytest.fixture(scope="module")
def authority(java_home, tmp_path_factory):
    """A certificate for localhost as PEM with its key, and a store by which Java trusts it."""
    where = tmp_path_factory.mktemp("authority")
    store, pem = where / "store.p12", where / "server.pem"
    names = ["-dname", "CN=localhost", "-ext", "san=dns:localhost", "-alias", "one"]
    kind = ["-keystore", str(store), "-storetype", "PKCS12", "-storepass", PASSWORD]
    made = ["keytool", "-genkeypair", "-keyalg", "RSA", "-keysize", "2048", "-validity", "2", *names, *kind]
    subprocess.run([f"{java_home}/bin/{made[0]}", *made[1:]], check=True, capture_output=True)
    shown = ["openssl", "pkcs12", "-in", str(store), "-nodes", "-passin", f"pass:{PASSWORD}", "-out", str(pem)]
    subprocess.run(shown, check=True, capture_output=True)
    trusted, certificate = where / "trusted.p12", where / "server.crt"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(_certificate(pem.read_text()))))
    subprocess.run(
        [
            *(f"{java_home}/bin/keytool", "-importcert", "-noprompt", "-alias", "one", "-file", str(certificate)),
            *("-keystore", str(trusted), "-storetype", "PKCS12", "-storepass", PASSWORD),
        ],
        check=True,
        capture_output=True,
    )
    return pem, trusted


def _certificate(pem):
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return begin + pem.partition(begin)[2].partition(end)[0] + end


def test_what_python_cannot_send_the_jvm_does_while_the_job_runs(run_job, whole_site, authority, tmp_path):
    pem, trusted = authority
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    sign = tmp_path / "sign"

    def answer(lines):
        sign.touch()
        return accepted(lines)

    with local_aggregator(tls) as server:
        server.answer = answer
        environment = {
            "CLUSOP_ARM": "1",
            "CLUSOP_ENDPOINT": server.url.replace("http://127.0.0.1", "https://localhost"),
            "CLUSOP_SEAL_INTERVAL_MS": "300",
            "CLUSOP_POLL_INTERVAL_MS": "100",
            "JAVA_TOOL_OPTIONS": f"-Djavax.net.ssl.trustStore={trusted} -Djavax.net.ssl.trustStorePassword={PASSWORD}",
        }
        done = run_job("leaving_job.py", whole_site, SIGN=str(sign), **environment)
        requests = list(server.requests)
        refusals = server.handshake_faults
    assert (done.code, done.ours) == (0, []), done.stderr
    assert done.told["signed"] is True, "and not only as it ended"
    assert refusals >= 5, "Python tried"
    lines = [line for _, _, lines in requests for line in lines]
    assert len(set(lines)) == len(lines), "each once"
    assert sorted(json.loads(line)["sequence"] for line in lines) == list(range(1, len(lines) + 1))
