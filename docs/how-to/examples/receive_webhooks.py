"""Receives webhooks of Voltbus: SECRETS=whsec_... python3 receive_webhooks.py

Only what Python brings is used; the package standardwebhooks does what `verified` does.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_SECONDS = 300
# During a rotation two secrets are valid here as well: separate them by a comma.
KEYS = [base64.b64decode(secret.removeprefix("whsec_")) for secret in os.environ["SECRETS"].split(",")]
# Keep the ids in your database, in the transaction that does the work: a message comes at least once.
seen: set[str] = set()


def verified(headers, body: bytes) -> bool:
    """`body`: the bytes as they came. What a parser has read and written again has another signature."""
    message_id, timestamp, signatures = (headers.get(f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    if not (message_id and timestamp and signatures and timestamp.isascii() and timestamp.isdigit()):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:  # an old message that somebody replays
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = ["v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in KEYS]
    return any(hmac.compare_digest(given.encode(), one.encode()) for given in signatures.split(" ") for one in expected)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not verified(self.headers, body):
            return self.answer(401)
        message_id = self.headers["webhook-id"]
        if message_id not in seen:
            event = json.loads(body)
            print(event["type"], event["subject"], json.dumps(event["data"]), flush=True)  # put it into a queue; do the work later
            seen.add(message_id)
        self.answer(204)  # at once: slow answers are tried again

    def answer(self, status: int):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8443"))), Receiver)
print(f'listening on {{"port": {server.server_port}}}', flush=True)
server.serve_forever()
