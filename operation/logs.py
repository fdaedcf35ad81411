"""What the portal writes about itself: a line an event, with the mark of the request behind it, without personal data.

Names, codes, amounts and what people type stand in values: in addresses of pages, in messages of exceptions (PostgreSQL
quotes the row that it refuses), in parameters of statements. None of these is written. What is written: the code's own
sentences, names of views, types of exceptions with the places in the code, and PostgreSQL's state and constraint.
"""

import json
import logging
import re
import traceback
import uuid
from datetime import UTC, datetime

from casework.acting import request_id

_OF_A_TASK = {"args", "kwargs", "exc", "traceback", "return_value"}
_MARK = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def mark(given):
    """The mark that a proxy gave, if it is a UUID (a person's number or name is none), else a new one."""
    return given.lower() if given and _MARK.fullmatch(given) else uuid.uuid4().hex


class Json(logging.Formatter):
    """A JSON object a line, for a collector."""

    def format(self, record):
        return json.dumps(_event(record), ensure_ascii=False, default=str)


class Line(logging.Formatter):
    """The same for the eye. A line break that came from outside does not begin a line."""

    def format(self, record):
        event = _event(record)
        fault = event.pop("fault", [])
        head = " ".join(str(event.pop(name)) for name in ("at", "level", "logger", "request", "message"))
        rest = " ".join(f"{name}={value}" for name, value in event.items())
        return "\n    ".join(part.replace("\n", "\\n") for part in (f"{head} {rest}".rstrip(), *fault))


def _event(record):
    event = {
        "at": datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "request": request_id.get(),
        "message": _message(record),
        **getattr(record, "figures", {}),
    }
    if record.exc_info and record.exc_info[1]:
        event["fault"] = _fault(record.exc_info[1])
    return event


def _message(record):
    if record.name.startswith("django.security"):
        return f"refused: {record.name.rpartition('.')[2]}"  # its own words quote what was sent
    if isinstance(record.args, dict):  # Celery's lines
        shown = {name: "…" if name in _OF_A_TASK else value for name, value in record.args.items()}
        return record.msg % shown
    return record.msg % tuple(_discreet(value, record) for value in record.args) if record.args else str(record.msg)


def _discreet(value, record):
    """A value of a line. Of an exception the type, of a page its view."""
    if isinstance(value, BaseException):
        return type(value).__name__
    request = getattr(record, "request", None)
    if isinstance(value, str) and value == getattr(request, "path", None):
        return view_of(request)
    return value


def view_of(request):
    """The name of the view that answers this request: `enterprises:detail`, never the address."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or match._func_path) if match else "-"


def _fault(error):
    """The exception and those behind it, the last first: types and places, no messages."""
    lines = []
    while error is not None and len(lines) < 200:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}{_of_database(error)}{_of_system(error)}")
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def _of_database(error):
    words = [getattr(error, "pgcode", None)]
    words += [getattr(getattr(error, "diag", None), name, None) for name in ("table_name", "constraint_name")]
    known = " ".join(word for word in words if word)
    return f" [{known}]" if known else ""


def _of_system(error):
    return f" [{error.strerror}]" if isinstance(error, OSError) and error.strerror else ""
