"""A mail server that takes every letter and remembers to whom each went."""

import socketserver
import threading
from email import message_from_bytes, policy


class Post(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Counter)
        self.letters = []  # (address, subject), in the order in which they were taken

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self.shutdown()
        self.server_close()

    @property
    def port(self):
        return self.server_address[1]


class _Counter(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("220 post")
        to = None
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"RCPT":
                to = line.decode().split("<")[1].split(">")[0]
            if word == b"DATA":
                self._say("354 go on")
                letter = message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n")), policy=policy.default)
                self.server.letters.append((to, str(letter["Subject"])))
            self._say("221 bye" if word == b"QUIT" else "250 ok")

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())
