"""Draws the states of a service and the moves between them, from its file, as SVG.

States stand in layers by their distance from the first; closed states share the last
one. Arrows carry numbers, the moves they stand for are listed below: labels on arrows
would lie on top of each other, and the list is what a screen reader tells.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from balai.base.drawing import INK, RULE, SERIES, SOFT, join, picture, tag, words
from balai.services.rules.definition import SAME, Move, Outcome, Service, State, StateKind

WIDTH, BOX_WIDTH, BOX_HEIGHT, GAP, LAYER, LINE = 900, 184, 46, 20, 112, 22
_EDGE = 24
_FILL = {StateKind.OPEN: "#ffffff", StateKind.WAITING: "#fbf3df", StateKind.CLOSED: "#eef3ee"}
_LETTERS = 24
"""Letters of a line in a box."""


@dataclass(frozen=True)
class _Box:
    state: State
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.x + BOX_WIDTH / 2


def diagram(service: Service) -> SafeString:
    """Return the drawing as an SVG element, in the language in force; 900 units wide."""
    boxes = _placed(service)
    arrows = _arrows(service)
    below = max(box.y for box in boxes.values()) + BOX_HEIGHT + 40
    height = below + LINE * len(service.moves) + 10
    title = _("Bagan status: %(title)s") % {"title": service.title}
    pieces = [
        tag("defs", _head()),
        *(_arrow(boxes, source, target, numbers) for (source, target), numbers in arrows.items()),
        *(_box(box, is_first=box.state.id == service.initial) for box in boxes.values()),
        *(
            words(_EDGE, below + LINE * number, f"{number + 1}.  {told}")
            for number, told in enumerate(moves_told(service))
        ),
    ]
    return picture(WIDTH, height, title, "; ".join(moves_told(service)), join(pieces))


def moves_told(service: Service) -> tuple[str, ...]:
    """Return every move as a sentence, in the order of the numbers in the drawing."""
    return tuple(_sentence(service, move) for move in service.moves.values())


def layers(service: Service) -> Mapping[str, int]:
    """Return the layer of each state: 0 for the first, closed states together in the last."""
    found = {service.initial: 0}
    waiting = [service.initial]
    for state in waiting:
        for move in service.moves_from[state]:
            for target in service.targets(move, state):
                if target not in found:
                    found[target] = found[state] + 1
                    waiting.append(target)
    open_states = [key for key, state in service.states.items() if not state.is_closed]
    last = max(found.get(key, 0) for key in open_states) + 1
    return {key: last if state.is_closed else found.get(key, last) for key, state in service.states.items()}


def _placed(service: Service) -> dict[str, _Box]:
    rows: dict[int, list[str]] = {}
    for key, layer in layers(service).items():
        rows.setdefault(layer, []).append(key)
    found: dict[str, _Box] = {}
    y = 10.0
    most = int((WIDTH - 2 * _EDGE + GAP) // (BOX_WIDTH + GAP))
    for layer in sorted(rows):
        # A layer of many states takes several lines.
        for first in range(0, len(rows[layer]), most):
            line = rows[layer][first : first + most]
            taken = len(line) * BOX_WIDTH + (len(line) - 1) * GAP
            for number, key in enumerate(line):
                x = (WIDTH - taken) / 2 + number * (BOX_WIDTH + GAP)
                found[key] = _Box(service.states[key], x, y)
            y += LAYER
    return found


def _arrows(service: Service) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for number, move in enumerate(service.moves.values(), 1):
        if move.target == SAME:
            continue
        for source in move.sources:
            for target in service.targets(move, source):
                found.setdefault((source, target), []).append(number)
    return found


def _head() -> SafeString:
    return tag(
        "marker",
        tag("path", d="M0 0 L8 4 L0 8 z", fill=SOFT),
        id="head",
        markerWidth=8,
        markerHeight=8,
        refX=7,
        refY=4,
        orient="auto",
    )


def _arrow(boxes: Mapping[str, _Box], source: str, target: str, numbers: list[int]) -> SafeString:
    one, other = boxes[source], boxes[target]
    if source == target:
        x, y = one.x + BOX_WIDTH, one.y + BOX_HEIGHT / 2
        path = f"M{x} {y - 10} C{x + 34} {y - 22} {x + 34} {y + 22} {x} {y + 10}"
        middle = (x + 26, y)
    elif other.y > one.y:
        path, middle = _between(one.middle, one.y + BOX_HEIGHT, other.middle, other.y)
    elif other.y < one.y:
        # Back, beside the way there.
        path, middle = _between(one.middle + 36, one.y, other.middle + 36, other.y + BOX_HEIGHT)
    else:
        side = 1 if other.x > one.x else -1
        start = one.x + (BOX_WIDTH if side > 0 else 0)
        end = other.x + (0 if side > 0 else BOX_WIDTH)
        y = one.y + BOX_HEIGHT / 2 + 8 * side
        path, middle = f"M{start} {y} L{end} {y}", ((start + end) / 2, y)
    told = ", ".join(map(str, numbers))
    width = 10 + 8 * len(told)
    return join(
        [
            tag("path", d=path, fill="none", stroke=SOFT, stroke_width=1.4, marker_end="url(#head)"),
            tag(
                "rect",
                x=middle[0] - width / 2,
                y=middle[1] - 9,
                width=width,
                height=18,
                rx=9,
                fill="#ffffff",
                stroke=RULE,
            ),
            tag("text", told, x=middle[0], y=middle[1] + 4, text_anchor="middle", font_size=12, fill=INK),
        ]
    )


def _between(x: float, y: float, to_x: float, to_y: float) -> tuple[str, tuple[float, float]]:
    """Return a curve that leaves and arrives upright, and a point a third along it.

    At its middle the curves of one state to several others lie closest together.
    """
    bend = (to_y - y) / 2
    share = 0.35
    a, b, c, d = (1 - share) ** 3, 3 * (1 - share) ** 2 * share, 3 * (1 - share) * share**2, share**3
    point = (
        a * x + b * x + c * to_x + d * to_x,
        a * y + b * (y + bend) + c * (to_y - bend) + d * to_y,
    )
    return f"M{x} {y} C{x} {y + bend} {to_x} {to_y - bend} {to_x} {to_y}", point


def _box(box: _Box, *, is_first: bool) -> SafeString:
    state = box.state
    lines = list(_lines(str(state.title)))
    start = box.y + BOX_HEIGHT / 2 + 5 - 8 * (len(lines) - 1)
    refused = state.outcome in (Outcome.REFUSED, Outcome.VOID)
    return join(
        [
            tag(
                "rect",
                x=box.x,
                y=box.y,
                width=BOX_WIDTH,
                height=BOX_HEIGHT,
                rx=4 if state.is_closed else 22,
                fill="#f3f1ec" if refused else _FILL[state.kind],
                stroke=SERIES[0] if is_first else SOFT,
                stroke_width=3 if is_first else 1.4,
                stroke_dasharray="5 4" if state.kind is StateKind.WAITING else None,
            ),
            *(
                tag("text", line, x=box.middle, y=start + 16 * number, text_anchor="middle", fill=INK)
                for number, line in enumerate(lines)
            ),
        ]
    )


def _lines(text: str) -> Iterator[str]:
    """Yield a title in at most two lines; what is left over of a long one is cut."""
    first, rest = "", ""
    for word in text.split():
        if not rest and len(f"{first} {word}".strip()) <= _LETTERS:
            first = f"{first} {word}".strip()
        else:
            rest = f"{rest} {word}".strip()
    yield first or rest[:_LETTERS]
    if first and rest:
        yield rest if len(rest) <= _LETTERS else f"{rest[: _LETTERS - 1]}…"


def _sentence(service: Service, move: Move) -> str:
    who = ", ".join(str(service.roles[role].title) for role in move.by)
    return f"{move.title} ({who})"
