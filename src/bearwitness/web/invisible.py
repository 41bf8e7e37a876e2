"""Characters that nobody sees, and that turn what is seen around, in neither direction.

A direction override can make one code name read as another; a control can hide a word from the
eye and from the search. The two joiners stay: some scripts cannot be written without them. What
a sealed file holds stays as it is, and is only not shown so.
"""

from __future__ import annotations

import re

from django.http import QueryDict

# Unicode's categories Cc (but tab and line ends) and Cf (but U+200C and U+200D), written out.
_SEEN_BY_NOBODY = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_LINE_ENDS = re.compile("[\u2028\u2029]")


def visible(text: str) -> str:
    """The same text without them. Most texts have none, and are given back as they are."""
    return _LINE_ENDS.sub("\n", _SEEN_BY_NOBODY.sub("", text))


def only_what_is_seen(get_response):
    """What comes in by a form or an address, and what goes out as a page, is without them."""

    def middleware(request):
        request.GET = _cleaned(request.GET)
        if request.method == "POST":
            request.POST = _cleaned(request.POST)
        return _shown(get_response(request))

    return middleware


def _cleaned(sent: QueryDict) -> QueryDict:
    if all(visible(v) == v for k, values in sent.lists() for v in (k, *values)):
        return sent
    clean = QueryDict(mutable=True)
    for name, values in sent.lists():
        # A password is what was typed, seen or not.
        kept = values if "password" in name else [visible(value) for value in values]
        clean.setlist(visible(name), kept)
    clean._mutable = False
    return clean


def _shown(response):
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return response
    text = response.content.decode(response.charset)
    if (seen := visible(text)) != text:
        response.content = seen.encode(response.charset)
    return response
