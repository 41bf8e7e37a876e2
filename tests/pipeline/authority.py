"""A timestamp authority of the test's own: OpenSSL behind a small web server on this machine."""

import http.server
import subprocess
import threading
from contextlib import contextmanager

_CONFIG = """
[tsa]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
[own]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], cwd=folder, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def make_authority(folder):
    """A root, a certificate for timestamps below it, and what OpenSSL needs to know of them."""
    folder.mkdir(parents=True)
    (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")
    openssl(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", 30,
            "-subj", "/CN=Invented Root")  # fmt: skip
    openssl(folder, "req", *key, "-keyout", "tsa.key", "-out", "tsa.csr",
            "-subj", "/CN=Invented Timestamps")  # fmt: skip
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
            "-CAcreateserial", "-days", 30, "-extfile", "tsa.cnf", "-extensions", "own",
            "-out", "tsa.pem")  # fmt: skip
    return folder


@contextmanager
def serving(folder):
    """The authority's URL, while it answers. `answers` of it are what it said."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            question = self.rfile.read(int(self.headers["Content-Length"]))
            (folder / "question.tsq").write_bytes(question)
            openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa",
                    "-queryfile", "question.tsq", "-out", "answer.tsr")  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "answer.tsr").read_bytes())

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
