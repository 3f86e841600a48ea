"""Secrets, kept out of everything that a person or a log may see."""

from __future__ import annotations

import base64
import functools
import json
import re
from typing import Dict, Iterable, Iterator, List, Sequence, Set, Tuple
from urllib.parse import quote_plus, unquote, urlsplit

from prime_notify.text.ordinary_words import is_ordinary
from prime_notify.text.spellings import View, views

__all__ = ["Redactor", "mask_url"]

_MASK = "***"
_MIN_LENGTH = 4  # hiding a "1" or a "no" would hide half of every sentence, and protect nothing
_SPREADABLE = 8
"""Letters of a secret that is found with white space in between: a shorter one is found in "a user name", too.

Half of them suffice where there are not only letters.
"""
_TELLING = 8
"""Characters of a part of a secret that is masked wherever it stands, if it looks random."""

_TORN_CHARACTER = r"(?:(?:%(?:25)*|\\+x)[c-f][0-9a-f](?:(?:%(?:25)*|\\+x)[89ab][0-9a-f]){0,2})?"  # of UTF-8
_TORN_ESCAPE = r"(?:%(?:25)*[0-9a-f]?|\\+(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|&[#\w;]{0,12}|(?<=[&%\\])[#\w;]{1,8})?"
_TORN = _TORN_CHARACTER + _TORN_ESCAPE
_CUT_AFTER = re.compile(rf"{_TORN}\s*(?:\Z|[\[(<]?(?:…|\.\.\.|\\+u2026|&hellip;))", re.IGNORECASE)
_END_AFTER = re.compile(rf"{_TORN}(?:(?:\\*[\"'`]|[”’»]|&quot;|%22)(?!\s*:)|</|\s*[\r\n]|\\+[rn])", re.IGNORECASE)
_CUT_BEFORE = re.compile(
    r"(?:^[\s\u200b-\u200f]*[\w#;\\%]{0,26}|(?:…|\.\.\.)[\]>)]?\s*(?:\S{0,16}|[\w#;\\%]{0,26}))$"
)  # the rest of a torn escape is in between: of one that was encoded three times, too
_ESCAPED = re.compile(r"%[0-9a-f]{2}|\\.|&\w+;")
_MAIL_HOST = re.compile(r"@?[a-z0-9-]{2,}(\.[a-z0-9-]{2,})*\.[a-z]{2,}")
_LOOK_BACK = 40
_LONGEST_WORD = 16
_KNOWN = 16
"""Texts whose result is remembered: a service mostly answers the same."""

_LONGEST_KNOWN = 500
_OVERLAP = 3
"""Characters of a mark, such as three dots, that a secret may happen to have at the same place."""


class Redactor:
    """Replaces every secret in a text by ``***``. A secret is found in every spelling (see
    :mod:`prime_notify.text.spellings`), in hexadecimal digits, and inside of Base64 (as user and password are in a
    header), too.

    The beginning or the end of a secret is replaced as well where the text is cut off. So are longer parts of a secret
    that look random, wherever they stand. Values of fewer than four characters are left alone.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._literals: Set[str] = set()  # also of characters that no view has
        self._forms: Set[str] = set()
        parted: Set[str] = set()
        for secret in secrets:
            for form, is_plain in _forms(secret.strip()):
                found = {view.chars for view, _ in views(form)}
                self._forms |= found
                # an escape is found decoded; the parts of an address are secrets of their own, and its host is none
                parted |= {one for one in found if "://" not in one and (is_plain or not _ESCAPED.search(one))}
                self._literals.add(form)
        self._literals = {literal for literal in self._literals if len(literal) >= _MIN_LENGTH}
        self._forms = {form for form in self._forms if len(form) >= _MIN_LENGTH}
        self._places: Dict[str, List[Tuple[str, int]]] = {}
        for form in sorted(parted):
            for at in range(len(form) - _MIN_LENGTH + 1):
                self._places.setdefault(form[at : at + _MIN_LENGTH], []).append((form, at))

        self._known = functools.lru_cache(maxsize=_KNOWN)(self._redacted)

    def __call__(self, text: str) -> str:
        if not self._literals or len(text) < _MIN_LENGTH:
            return text
        return self._known(text) if len(text) <= _LONGEST_KNOWN else self._redacted(text)

    def _redacted(self, text: str) -> str:
        spans = [span for literal in self._literals for span in _occurrences(literal, text)]
        for view, is_joined in views(text):
            spans += [(view.starts[begin], view.ends[end - 1]) for begin, end in self._found(text, view, is_joined)]
        return _masked(text, spans)

    def _found(self, text: str, view: View, is_joined: bool) -> Iterator[Tuple[int, int]]:
        """Where whole secrets, and telling parts of secrets, stand in a view of the text."""
        for form in self._forms:
            if not is_joined or len(form) >= (_SPREADABLE if form.isalpha() else _SPREADABLE // 2 + 1):
                yield from _occurrences(form, view.chars)
        for begin, end, form, at in self._parts(view.chars):
            is_last = at + end - begin == len(form) and not _is_mail_host(form, at)
            if _tells(text, view, (begin, end), is_joined=is_joined, is_first=at == 0, is_last=is_last):
                yield begin, end

    def _parts(self, chars: str) -> Iterator[Tuple[int, int, str, int]]:
        """The longest common parts of the view and of secrets: begin, end, the secret's form, and the place in it."""
        reached: Dict[Tuple[str, int], int] = {}  # by form and diagonal: the end of the last part
        for begin in range(len(chars) - _MIN_LENGTH + 1):
            for form, at in self._places.get(chars[begin : begin + _MIN_LENGTH], ()):
                if begin < reached.get((form, begin - at), 0):
                    continue
                size = _MIN_LENGTH
                while begin + size < len(chars) and at + size < len(form) and chars[begin + size] == form[at + size]:
                    size += 1
                reached[form, begin - at] = begin + size
                yield begin, begin + size, form, at

    def __repr__(self) -> str:
        return "Redactor(...)"


def mask_url(url: str) -> str:
    """``scheme://host[:port]/***``: the part of a URL that may be shown. Total: a text that is no URL becomes
    ``***``.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return _MASK
    if not parts.scheme or not host:
        return _MASK
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{'' if port is None else f':{port}'}/{_MASK}"


def _masked(text: str, spans: Sequence[Tuple[int, int]]) -> str:
    pieces: List[str] = []
    at = 0
    for begin, end in sorted(spans):
        if begin > at or (begin == at and not pieces):
            pieces += (text[at:begin], _MASK)
        at = max(at, end)
    return "".join([*pieces, text[at:]])


def _occurrences(form: str, chars: str) -> Iterator[Tuple[int, int]]:
    at = chars.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = chars.find(form, at + 1)


def _tells(text: str, view: View, part: Tuple[int, int], *, is_joined: bool, is_first: bool, is_last: bool) -> bool:
    """Whether a part of a secret must not show. A word of people that a secret happens to contain may."""
    begin, end = part
    if is_ordinary(view.chars[begin:end]) or is_ordinary(_word_around(view.chars, begin, end)):
        return False
    looks_random = _looks_random(text[view.starts[begin] : view.ends[end - 1]])
    if looks_random and (end - begin >= _TELLING or ((is_first or is_last) and not is_joined)):
        return True
    overlaps = range(min(_OVERLAP, end - begin - 1) + 1)
    ends = [(view.chars, end - overlap) for overlap in overlaps]
    ends += [(text, view.ends[at - 1]) for _, at in ends]
    cut_after = any(_CUT_AFTER.match(*at) for at in ends)
    begins = [view.starts[begin + overlap] for overlap in overlaps]
    cut_before = any(_CUT_BEFORE.search(text, max(0, at - _LOOK_BACK), at) for at in begins)
    if cut_before and (is_last or cut_after):
        return True
    return is_first and (cut_after or any(_END_AFTER.match(*at) for at in ends))


def _word_around(chars: str, begin: int, end: int) -> str:
    """The word of which a part is a piece: "ation" of ".../automation" stands in "notification", too."""
    first = begin
    while first > max(0, begin - _LONGEST_WORD) and chars[first - 1].isalpha():
        first -= 1
    last = end
    while last < min(len(chars), end + _LONGEST_WORD) and chars[last].isalpha():
        last += 1
    return chars[first:last]


def _is_mail_host(form: str, at: int) -> bool:
    """Whether the rest of a secret is the host of its mail address, which may show."""
    return "@" in form[max(0, at - 1) : at + 1] and _MAIL_HOST.fullmatch(form, at) is not None


def _looks_random(part: str) -> bool:
    """Whether a part has characters of several kinds, as keys have and words have not."""
    return any(map(_has_kinds, part.split("/")))


def _has_kinds(part: str) -> bool:
    kinds = (any(map(str.isdigit, part)), any(map(str.islower, part)), any(map(str.isupper, part[1:])))
    return len(part) >= _MIN_LENGTH and sum(kinds) > 1


def _forms(secret: str) -> Iterator[Tuple[str, bool]]:
    """The secret in its forms, each with whether it is plain."""
    for plain in {secret, unquote(secret)}:
        yield plain, True
        yield plain.replace(" ", "+"), True  # as forms have it
        yield quote_plus(plain, errors="replace"), False
        yield json.dumps(plain)[1:-1], False
        yield repr(plain)[1:-1], False
        code = plain.encode("utf-8", "replace")
        if len(code) >= _MIN_LENGTH:
            yield from ((form, False) for form in (code.hex(), code.hex(":"), *_inside_base64(code)))


def _inside_base64(secret: bytes) -> Iterator[str]:
    """The Base64 characters that encode ``secret`` alone, for each place where it may begin in a group of three
    bytes.
    """
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret).decode("ascii")
        own = encoded[(8 * before + 5) // 6 : 8 * (before + len(secret)) // 6]
        yield own
        yield own.replace("+", "-").replace("/", "_")
