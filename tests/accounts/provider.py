"""A tiny OpenID Connect provider on the loopback: code flow with PKCE, RS256, one client. Whoever asks is `who`."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "a secret that the provider gave to the portal"


class Provider:
    def __init__(self):
        self.who = {"sub": "p-1", "preferred_username": "huancui_officer"}
        self.told_besides = {}  # what /userinfo says otherwise than the token
        self.key = self.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes, self.tokens, self.grants = {}, {}, []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # ── What it answers ──

    def configuration(self, _asked):
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"} | {
            f"{end}_endpoint": f"{self.issuer}/{path}" for end, path in ends.items()
        }

    def jwks(self, _asked):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]}

    def authorize(self, address):
        """What a browser would see is a page of log-in; here the person is known, and sent back with a code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked["code_challenge"]
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked):
        challenge = self.codes.pop(asked["code"], None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
        if not proved or (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            return {"error": "invalid_grant"}
        access, now = secrets.token_urlsafe(16), int(time.time())
        self.tokens[access] = self.who | self.told_besides
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "jti": access, **self.who}
        signed = jwt.encode(claims, self.signing_key, "RS256", headers={"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def userinfo(self, asked):
        return self.tokens[asked["bearer"]]

    def _handler(provider):
        pages = {
            "/.well-known/openid-configuration": provider.configuration,
            "/jwks": provider.jwks,
            "/token": provider.token,
            "/userinfo": provider.userinfo,
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer({"bearer": self.headers.get("Authorization", "").removeprefix("Bearer ")})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer({name: values[0] for name, values in parse_qs(body).items()})

            def _answer(self, asked):
                body = json.dumps(pages[urlsplit(self.path).path](asked)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words):
                pass

        return Handler
