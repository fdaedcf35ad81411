from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Quick(PBKDF2PasswordHasher):
    """The portal's own hash with one round: the web server of a browser test reads it as any other."""

    iterations = 1
