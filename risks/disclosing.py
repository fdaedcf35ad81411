"""A look at an enterprise of another district, while it is allowed: page and API look by the same door."""

from casework import access


def looked_at(disclosure, at):
    """What may be seen of the enterprise now, with a line in the access log; None where nothing may be seen."""
    told = disclosure.shown() if disclosure.is_open(at) else None
    if told:
        access.record(access.Kind.VIEW, subject=disclosure, note=f"跨区市协查：查阅{disclosure.masked_name}")
    return told
