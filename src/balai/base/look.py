"""What every page knows, the built files it refers to, and the brand colour of a city."""

import colorsys
import json
import re
import time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from balai.base import menu
from balai.base.access import public
from balai.base.errors import NotFound

BRAND = "#0f5c63"
"""Deep teal, where a city chose no colour of its own."""

BELIEVED_FOR = 1.0
"""Seconds for which the build is not looked at again; a page names forty of its files."""

_HEX = re.compile(r"#[0-9a-f]{6}")


def look(request: HttpRequest) -> dict[str, Any]:
    """Return what every template knows: who asks, for which government, and the ways from here."""
    actor = getattr(request, "actor", None)
    government = getattr(request, "government", None)
    brand = brand_of(government)
    return {
        "actor": actor,
        "government": government,
        "brand": brand if brand != BRAND else "",
        "is_demo": settings.OPTIONS.demo or bool(getattr(government, "is_demo", False)),
        "public_ways": list(menu.ways("public", actor, request.path)),
        "desk_ways": list(menu.ways("desk", actor, request.path)),
        "foot_ways": list(menu.ways("foot", actor, request.path)),
    }


class Unbuilt(RuntimeError):
    """The styles and scripts were not built."""


@cache
def _manifest_path() -> Path:
    found = finders.find("manifest.json")
    return Path(found) if found else Path(settings.STATIC_ROOT) / "manifest.json"


@lru_cache(maxsize=1)
def _manifest_of(path: Path, built_at_ns: int) -> dict[str, Any]:
    # The time is an argument so that a new build is seen without a restart.
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def asset(name: str) -> str:
    """Return the address of a built file: "resident.css", "desk.js", "icons.svg".

    Raises:
        Unbuilt: nothing was built yet.
        KeyError: the build makes no such file.
    """
    moment = time.monotonic() // BELIEVED_FOR
    return _address(name, *_built(moment), settings.STATIC_URL)


@lru_cache(maxsize=1)
def _built(_moment: float) -> tuple[Path, int]:
    """Return where the list of built files lies and when it was written. Raises Unbuilt."""
    path = _manifest_path()
    try:
        return path, path.stat().st_mtime_ns
    except FileNotFoundError:
        _manifest_path.cache_clear()
        raise Unbuilt(f"{path} is not there; run `npm ci && npm run build`") from None


# A page asks some forty times, mostly for the same few.
@lru_cache(maxsize=256)
def _address(name: str, path: Path, built_at_ns: int, _static_url: str) -> str:
    folder = {"css": "styles/", "js": "scripts/"}.get(name.rpartition(".")[2], "")
    manifest = _manifest_of(path, built_at_ns)
    key = f"web/{folder}{name}"
    if key not in manifest:
        raise KeyError(f"the build makes no {name}; it makes {', '.join(sorted(manifest))}")
    return static(manifest[key]["file"])


def brand_of(government: object) -> str:
    """Return the brand colour of a government as #rrggbb, ours where it has none that we can read."""
    colour = str(getattr(government, "brand", "") or "").lower()
    return colour if _HEX.fullmatch(colour) else BRAND


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 counts it, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _with_lightness(colour: str, lightness: float) -> str:
    hue, _old, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    parts = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def legible(colour: str) -> str:
    """Return `colour`, made darker until words in it can be read on our ground and white on it.

    >>> legible("#0f5c63"), contrast(legible("#ffcc00"), "#f7f6f3") >= 4.5
    ('#0f5c63', True)
    """
    lightness = colorsys.rgb_to_hls(*_rgb(colour))[1]
    while contrast(colour, "#f7f6f3") < 4.5:
        lightness -= 0.02
        colour = _with_lightness(colour, lightness)
    return colour


@lru_cache(maxsize=64)
def brand_sheet(colour: str) -> str:
    """Return the style sheet that gives the pages the brand colour of a city."""
    brand = legible(colour)
    lightness = colorsys.rgb_to_hls(*_rgb(brand))[1]
    return (
        f":root{{--brand:{brand};--brand-strong:{_with_lightness(brand, lightness * 0.7)};"
        f"--brand-soft:{_with_lightness(brand, 0.93)}}}\n"
    )


@public("A colour is nobody's secret.")
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def brand_page(request: HttpRequest, colour: str) -> HttpResponse:
    """Answer with the style sheet of a colour; the colour is in the address, so it never goes stale."""
    if not _HEX.fullmatch(f"#{colour}"):
        raise NotFound(colour)
    return HttpResponse(brand_sheet(f"#{colour}"), content_type="text/css; charset=utf-8")
