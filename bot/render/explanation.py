"""Why a figure changed, in words and as data."""

from bot.render.figures import Figures
from bot.render.json import as_json
from bot.render.report import Report
from bot.render.rows import GROUPS_SHOWN, Table, one_line, sentence
from bot.render.table import Row, neutral
from bot.render.words import Wording
from bot.text import Text
from kpi.explain import Explanation, Keys
from kpi.why import Effect

COLUMNS = (
    "kpi",
    "row",
    "by",
    "key",
    "label",
    "by_2",
    "key_2",
    "label_2",
    "before",
    "after",
    "effect",
    "rate_effect",
    "mix_effect",
)


def explanation_report(found: Explanation, text: Text) -> Report:
    """Return the change of a figure, who carries most of it, and every group's part."""
    return _Explaining(found, text).report()


class _Explaining:
    def __init__(self, found: Explanation, text: Text) -> None:
        self.found, self.text = found, text
        self.answer = found.answer
        self.said = Wording(found.answer, text)
        self.figures = Figures(found.answer, text)

    def report(self) -> Report:
        shown = self.found.effects[:GROUPS_SHOWN]
        notes = []
        if len(shown) < len(self.found.effects):
            cut = {"shown": self.text.number(len(shown)), "total": self.text.number(len(self.found.effects))}
            notes.append(self.text("answer.cut", **cut))
        if not self.found.counts and shown:
            notes.append(self.text("why.effects"))
        return Report(
            title=self.text("why.title", question=self.said.title()),
            lines=tuple(line for line in (self.said.subtitle(), *self._lines()) if line),
            table=self._table(shown) if shown else None,
            notes=(*notes, *self.said.footnotes()),
            json={**as_json(self.answer), "why": self._json()},
            columns=COLUMNS,
            rows=self._rows(),
        )

    # --- In words ------------------------------------------------------------------------------------------------

    def _lines(self) -> list[str]:
        said = [self.said.restated() or "", self.said.change() or ""]
        change = self.found.change
        if change is None or self.found.before is None:
            return [*said, self.text("why.nothing")]
        key = "why.means" if self.found.means else "why.change"
        before, after = self._number(self.found.before), self._number(self.found.after)
        said.append(self.text(key, before=before, after=after, change=self._signed(change)))
        # That a change may be chance is said first of all: whoever it is split by is then chance as well.
        if self.answer.change is not None and not self.answer.change.clear:
            said.append(self.text("why.unclear"))
        if (most := next((effect for effect in self.found.effects if effect.total * change > 0), None)) is not None:
            said.append(self.text("why.most", group=self._label(most), effect=self._signed(most.total)))
        return said

    def _table(self, shown: tuple[Effect[Keys], ...]) -> Table:
        dimensions = " · ".join(self.text(f"dimension.{key}") for key in self.found.by)
        header = [sentence(dimensions), self.text("column.before"), self.text("column.after")]
        header += [] if self.found.counts else [self.text("column.rate_effect"), self.text("column.mix_effect")]
        rows = []
        for effect in shown:
            parts = [] if self.found.counts else [self._signed(effect.rate or 0), self._signed(effect.mix or 0)]
            cells = [self._label(effect), self._number(effect.before), self._number(effect.after), *parts]
            rows.append((*cells, self._signed(effect.total)))
        return Table(
            header=(*header, self.text("column.effect")),
            rows=tuple(rows),
            numbers=tuple(effect.total for effect in shown),
            notes=(),
        )

    def _label(self, effect: Effect[Keys]) -> str:
        labels = self.found.labels[effect.key]
        return " · ".join(one_line(label) if label else self.text("answer.no_value") for label in labels)

    def _number(self, value: float | None) -> str:
        return self.figures.number(value)

    def _signed(self, value: float) -> str:
        return self.figures.signed(value)

    # --- As data -------------------------------------------------------------------------------------------------

    def _json(self) -> dict[str, object]:
        found = self.found
        return {
            "by": list(found.by),
            "before": found.before,
            "after": found.after,
            "change": found.change,
            "of_means": found.means,
            "effects": [
                {**_identity(effect.key, found.labels[effect.key]), **_amounts(effect)} for effect in found.effects
            ],
        }

    def _rows(self) -> list[Row]:
        found = self.found
        kpi = {"kpi": self.answer.question.kpi}
        total = {"row": "total", "before": found.before, "after": found.after, "effect": found.change}
        by = dict(zip(("by", "by_2"), found.by, strict=False))
        groups = [
            {
                **kpi,
                "row": "group",
                **by,
                **{name: neutral(cell) for name, cell in _identity(effect.key, found.labels[effect.key]).items()},
                **_amounts(effect),
            }
            for effect in found.effects
        ]
        return [{**kpi, **total}, *groups]


def _identity(keys: Keys, labels: Keys) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for suffix, key, label in zip(("", "_2"), keys, labels, strict=False):
        found |= {f"key{suffix}": key, f"label{suffix}": label}
    return found


def _amounts(effect: Effect[Keys]) -> dict[str, float | None]:
    return {
        "before": effect.before,
        "after": effect.after,
        "effect": effect.total,
        "rate_effect": effect.rate,
        "mix_effect": effect.mix,
    }
