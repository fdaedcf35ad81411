"""Personal data taken out of texts that go further than those who handle a case (个人信息保护法 §6, §28)."""

import re

# 身份证 keeps its first 3 and last 4, a telephone number 138****1234, an account its last 4.
_ID = re.compile(r"(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?![\dXx])")
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?)\d{3,4}(\d{4})(?!\d)")
_ACCOUNT = re.compile(r"(?<!\d)\d{9,15}(\d{4})(?!\d)")


def masked(text, *, names=()):
    """`text` without numbers that belong to a person, and with 某 in the place of given names.

    names: people of whom the record tells; a name of two characters or more becomes its first with 某: 王某.
    """
    text = _ID.sub(r"\1***********\2", text)
    text = _PHONE.sub(r"\1****\2", text)
    text = _LANDLINE.sub(r"\1****\2", text)
    text = _ACCOUNT.sub(r"****\1", text)
    for name in sorted({name.strip() for name in names if name and len(name.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name, f"{name[0]}某")
    return text
