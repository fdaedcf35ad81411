"""Unified social credit codes (GB 32100-2015) by the million, in numpy, with both check characters right.

Positions 3–8 always read 371099, an area that is not assigned, so that no real enterprise can be meant.
"""

import numpy as np

AREA = "371099"
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28], dtype=np.int32)
BODY_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)  # GB 11714, where A counts 10 … Z counts 35
LARGEST = 31**6  # bodies that begin with MA

_VALUE = np.zeros(128, dtype=np.int32)
_VALUE[ALPHABET] = np.arange(31)
_BODY_VALUE = np.zeros(128, dtype=np.int32)
_BODY_VALUE[48:58] = np.arange(10)
_BODY_VALUE[65:91] = np.arange(10, 36)


def credit_codes(numbers, seed, kinds):
    """Codes for distinct numbers.

    numbers: int64 [n] in 0 … LARGEST-1; seed: int, scatters the bodies; kinds: uint8 [n] of the second character
    (1 company, 2 individual business, 3 co-operative). Returns str [n] (dtype U18), distinct when numbers are.
    """
    body = _scattered(numbers, seed)
    out = np.empty((len(numbers), 18), dtype=np.uint8)
    out[:, 0] = ord("9")
    out[:, 1] = ord("0") + kinds
    out[:, 2:8] = np.frombuffer(AREA.encode(), dtype=np.uint8)
    out[:, 8:10] = np.frombuffer(b"MA", dtype=np.uint8)
    for place in range(15, 9, -1):
        body, digit = np.divmod(body, 31)
        out[:, place] = ALPHABET[digit]
    out[:, 16] = _body_check(out[:, 8:16])
    out[:, 17] = check_characters(out[:, :17])
    return out.view("S18").ravel().astype("U18")


def check_characters(stems):
    """The 18th character for 17 ASCII characters a row: uint8 [n, 17] -> uint8 [n]."""
    return ALPHABET[(31 - (_VALUE[stems] @ WEIGHTS) % 31) % 31]


def spoiled(code):
    """`code` with a wrong last character."""
    place = (int(_VALUE[ord(code[-1])]) + 1) % 31
    return code[:-1] + chr(ALPHABET[place])


def _body_check(bodies):
    remainder = 11 - (_BODY_VALUE[bodies] @ BODY_WEIGHTS) % 11
    return np.frombuffer(b"?123456789X0", dtype=np.uint8)[remainder]


def _scattered(numbers, seed):
    """A bijection of 0 … LARGEST-1, so that neighbours do not get neighbouring codes."""
    # 31**6 has the one prime factor 31: any other multiplier is coprime to it. Products stay under 2**63.
    step = 412_345_679 + 2 * (seed % 1000) * 31
    return (np.asarray(numbers, dtype=np.int64) * step + 97_003 * (seed % 10_007 + 1)) % LARGEST
