"""Reads the equations in a sentence, such as “(20 + 14) ÷ 40 = 85%”, and works them out."""

import re
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

MINUS, TIMES, OVER = "−", "×", "÷"
SEPARATORS = {"en": (",", "."), "fr": ("\u202f", ",")}
"""What stands between thousands, and before decimals."""

NUMBER = r"\d+(?:\.\d+)?"
PART = rf"(?:{NUMBER}|[()+{MINUS}{TIMES}{OVER}]) ?"
EQUATION = re.compile(rf"(median \([\d.; ]+\) |(?:{PART})+)= ({NUMBER})( ?%)?")


@dataclass(frozen=True)
class Equation:
    """An expression and the result that stands behind it; rounding may have moved it by `tolerance`."""

    expression: str
    result: Fraction
    tolerance: Fraction

    @property
    def holds(self):
        return abs(value(self.expression) - self.result) <= self.tolerance


def equations(sentence, language):
    """Return the equations of a sentence in a language."""
    plain = _plain(sentence, *SEPARATORS[language])
    return [_equation(*found) for found in EQUATION.findall(plain)]


def _plain(sentence, thousands, decimal):
    joined = re.sub(rf"(?<=\d){re.escape(thousands)}(?=\d{{3}}(?!\d))", "", sentence)
    pointed = re.sub(rf"(?<=\d){re.escape(decimal)}(?=\d)", ".", joined)
    return re.sub(r"[\u202f\xa0]", " ", pointed).replace("médiane", "median")


def _equation(expression, result, percent):
    unit = 100 if percent else 1
    digits = len(result.partition(".")[2])
    return Equation(expression.strip(), Fraction(result) / unit, Fraction(1, 2 * unit * 10**digits))


def value(expression):
    """Return what an expression comes to: a median of numbers, or numbers with brackets and the four operations."""
    if expression.startswith("median"):
        return median(map(Fraction, re.findall(NUMBER, expression)))
    found, rest = _sum(re.findall(rf"{NUMBER}|[()+{MINUS}{TIMES}{OVER}]", expression))
    assert rest == []
    return found


def _sum(tokens):
    found, rest = _product(tokens)
    while rest and rest[0] in ("+", MINUS):
        sign, (part, after) = rest[0], _product(rest[1:])
        found, rest = (found + part if sign == "+" else found - part), after
    return found, rest


def _product(tokens):
    found, rest = _factor(tokens)
    while rest and rest[0] in (TIMES, OVER):
        sign, (part, after) = rest[0], _factor(rest[1:])
        found, rest = (found * part if sign == TIMES else found / part), after
    return found, rest


def _factor(tokens):
    first, *rest = tokens
    if first != "(":
        return Fraction(first), rest
    found, (closing, *rest) = _sum(rest)
    assert closing == ")"
    return found, rest
