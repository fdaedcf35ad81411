"""The second factor: who must have one, who has one, and how its secrets are kept.

A code of an authenticator app (TOTP), a security key or the computer's own (WebAuthn); recovery codes for the day when
neither is at hand. GB/T 22239-2019 8.1.4.1 d: 两种或两种以上组合的鉴别技术, one of them cryptographic.
"""

import base64

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class SecondFactors(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "验证码不正确或已用过，请等下一个验证码后再试。",
        "cannot_delete_authenticator": "您的岗位必须启用第二重验证，不能停用最后一种；请先添加另一种。",
    }

    def get_totp_issuer(self):
        return "威海劳动关系平台"

    def _get_site_name(self):
        return self.get_totp_issuer()

    def generate_authenticator_name(self, user, type):
        return f"密钥{Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def can_delete_authenticator(self, authenticator):
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=KINDS).exclude(pk=authenticator.pk)
        return not asked_of(authenticator.user) or others.exists()

    def encrypt(self, text):
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise account_adapter().validation_error("secret_lost") from None


def asked_of(user):
    """Whether this person may do nothing here without a second factor."""
    return settings.MFA_REQUIRED and user.role in settings.MFA_ROLES


def had_by(user):
    return Authenticator.objects.filter(user=user, type__in=KINDS).exists()


def forgive_guesses(user):
    """After wrong codes: this person may try again at once."""
    ratelimit.clear(None, action="login_failed", key=f"mfa-auth-user-{user.pk}")


def take_away(user):
    """Forget every second factor of a person, who must then enrol anew. Returns how many there were."""
    mine = Authenticator.objects.filter(user=user)
    number = mine.filter(type__in=KINDS).count()
    mine.delete()
    forgive_guesses(user)
    return number


def _cipher():
    """Keys from SECRET_KEY, and from those before it: a copy of the database alone opens nobody's second factor."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret):
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"portal second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
