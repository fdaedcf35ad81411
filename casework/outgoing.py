"""The one door through which the portal asks another server on somebody's behalf: where it may go, and no further.

Only HTTPS, and never into the portal's own network, unless an operator named the host in WEBHOOK_HOSTS. The address is
looked up once and that very address is connected to, so that a name cannot mean another machine a moment later; what
it answers is not followed anywhere (OWASP: server-side request forgery).
"""

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 10
_READ = 2_000  # of an answer; nobody reads more of it


class Forbidden(Exception):
    """The portal does not go there; the sentence says why."""


class NoAnswer(Exception):
    """Nobody answered, or not in time."""


def why_not(url):
    """Why the portal would not go to `url`, as a sentence, or None. Looks the name up."""
    try:
        _place(url)
    except (Forbidden, NoAnswer) as refusal:
        return str(refusal)
    return None


def post(url, content, headers):
    """POST bytes. Returns the status and the first of the answer's text. Raises Forbidden or NoAnswer."""
    parts, address = _place(url)
    way = (_Secure if parts.scheme == "https" else http.client.HTTPConnection)(
        parts.hostname, parts.port, timeout=SECONDS
    )
    way._create_connection = lambda to, timeout, source: socket.create_connection((address, to[1]), timeout)
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        way.request("POST", path, content, headers)
        answer = way.getresponse()
        return answer.status, answer.read(_READ).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(_in_words(error)) from error
    finally:
        way.close()


def _in_words(error):
    if isinstance(error, TimeoutError):
        return f"对方没有在 {SECONDS} 秒内答复。"
    if isinstance(error, ssl.SSLError):
        return "没有连通：对方的证书不可信或已过期。"
    if isinstance(error, ConnectionRefusedError):
        return "没有连通：对方拒绝连接。"
    return "没有连通：网络不通，或对方中断了连接。"


class _Secure(http.client.HTTPSConnection):
    """TLS with the certificate checked against the name, whatever address was connected to."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, context=ssl.create_default_context(), **kwargs)


def _place(url):
    """(parts of the address, the IP address to connect to)."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Forbidden("网址写法有误，请核对。") from None
    known = parts.hostname in settings.WEBHOOK_HOSTS
    if parts.scheme != "https" and not (known and parts.scheme == "http"):
        raise Forbidden("只能推送到 https 网址。")
    if not parts.hostname or parts.username or parts.password:
        raise Forbidden("网址须写明主机，且不得带用户名、密码。")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("查不到这个主机名，请核对网址。") from None
    addresses = [ipaddress.ip_address(place[4][0].partition("%")[0]) for place in found]
    if not known and not all(_is_outside(address) for address in addresses):
        raise Forbidden("这个网址在内部网络，平台不能访问；确需推送的，请运维人员在 WEBHOOK_HOSTS 中列明主机。")
    return parts, str(addresses[0])


def _is_outside(address):
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_global and not mapped.is_multicast
