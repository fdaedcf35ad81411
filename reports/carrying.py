"""What a report's Word file carries of itself, signed: of which report it is, and what it said when it was made."""

import hashlib

from django.core import signing

_SALT = "reports.paper"


def of(content):
    """Signed text of the facts of papers.Content: the sections by their digests, the figures as they were shown."""
    facts = {
        **content.of,
        "texts": {key: digest(text) for key, text in content.texts.items()},
        "figures": {code: value for *_, value, code in content.figures},
    }
    return signing.dumps(facts, salt=_SALT, compress=True)


def facts(carried):
    """What `of` signed; None where it was not the portal or somebody changed it."""
    try:
        return signing.loads(carried or "", salt=_SALT)
    except signing.BadSignature:
        return None


def digest(text):
    """Of a text's words: how lines end and where blanks stand at their ends is the word processor's affair."""
    lines = (line.strip() for line in text.strip().splitlines())
    return hashlib.sha256("\n".join(filter(None, lines)).encode()).hexdigest()[:16]
