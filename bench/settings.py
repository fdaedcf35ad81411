"""The portal's settings with one more address: an empty page behind the same middleware, to measure pages against."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
