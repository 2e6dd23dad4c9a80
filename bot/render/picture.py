"""A chart as a PNG file, for workspaces that refuse native charts; needs the extra `charts`."""

from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.render.limits import Block

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE_IN = (8, 4)
DPI = 150
LABELS_AT_MOST = 12
"""More categories have their names written aslant."""


def can_draw() -> bool:
    """Tell whether the extra is installed."""
    return find_spec("matplotlib") is not None


def picture(chart: Block) -> bytes:
    """Return a native chart's points as a PNG file: the same numbers, drawn here instead of by Slack."""
    # Half a second: only who needs a picture waits for it.
    from matplotlib import rc_context  # noqa: PLC0415  # see above
    from matplotlib.figure import Figure  # noqa: PLC0415  # see above

    with rc_context({"text.parse_math": False}):  # a team called "$\\frac" is no formula
        return _drawn(Figure(figsize=SIZE_IN, dpi=DPI, layout="constrained"), chart)


def _drawn(figure: "Figure", chart: Block) -> bytes:
    axes = figure.subplots()
    axis = chart["chart"]["axis_config"]
    value, *others = chart["chart"]["series"]
    places = range(len(axis["categories"]))
    if chart["chart"]["type"] == "bar":
        axes.bar(places, _values(value), label=value["name"], color="#1d3557")
    else:
        axes.plot(places, _values(value), label=value["name"], color="#1d3557", marker="o")
    for other in others:
        axes.plot(places, _values(other), label=other["name"], color="#e63946", linestyle="--")
    aslant = len(axis["categories"]) > LABELS_AT_MOST or chart["chart"]["type"] == "bar"
    axes.set_xticks(places, axis["categories"], rotation=35 if aslant else 0, ha="right" if aslant else "center")
    axes.set_title(chart["title"])
    axes.set_ylabel(axis.get("y_label", ""))
    axes.set_ylim(bottom=min(0, *_values(value)))
    axes.spines[["top", "right"]].set_visible(False)
    if others:
        axes.legend(frameon=False)
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _values(series: dict[str, Any]) -> list[float]:
    return [point["value"] for point in series["data"]]
