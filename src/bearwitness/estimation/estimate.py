"""What an estimator answers: a number with its assumption and caveats, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bearwitness.errors import ExtraMissing, StudyInvalid
from bearwitness.estimation.page import section, sentences
from bearwitness.estimation.pictures.forest import Line
from bearwitness.estimation.pictures.picture import Picture
from bearwitness.provenance import canonical_json
from bearwitness.tables import ESTIMATES, check


class Verdict(StrEnum):
    ESTIMATE = "estimate"
    LOWER_BOUND_ONLY = "lower bound only"
    NO_ESTIMATE = "no estimate"


class Estimator(Protocol):
    """A frozen settings object; `fit` gives a new Estimate and changes nothing."""

    def fit(self, histories: Any) -> Estimate: ...


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """How many people there are in all, by one method: what an estimator's `fit` gives.

    `estimate` and `upper` are None unless the verdict is "estimate"; `lower` is None where there
    is no estimate; where there is a lower bound only it is the people observed, or the lower
    limit of a bound that the method gives, itself in `details["bound"]`. `model` holds the
    interactions as A:B, with all their parts. `settings` make the same answer again from the
    table with `input_digest`. `draws` (chains by draws) are totals from the posterior or from the
    bootstrap, where the method has them. `details` are the method's own diagnostics: plain numbers
    and words, by name.
    """

    method: str
    observed: int
    level: float
    assumption: str
    lists: tuple[str, ...]
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    verdict: Verdict = Verdict.NO_ESTIMATE
    reasons: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    input_digest: str = ""
    stratum: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    draws: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    @property
    def unseen(self) -> float | None:
        """People on no list."""
        return None if self.estimate is None else self.estimate - self.observed

    def summary(self) -> str:
        """The answer in plain words, a line for each thing that must not be left out."""
        lines = [self._headline(), *(f"Because: {reason}." for reason in self.reasons)]
        # A method that averages over models, or has none, has no line for one.
        if self.estimate is not None and (self.model or "interactions" in self.details):
            lines.append(f"Model: {', '.join(self.model) or 'no interaction between lists'}.")
        lines.append(f"Assumes: {self.assumption}")
        lines += [f"Caveat: {caveat}." for caveat in self.caveats]
        lines.append(f"Lists: {', '.join(self.lists)}. Table: sha256 {self.input_digest[:16]}.")
        return "\n".join(lines)

    def plot(self, kind: str = "", *, histories: Any = None) -> Picture:
        """A drawing of the answer, with its words and numbers; PAINTERS are the kinds.

        Without a kind: "posterior" where there are a number and draws, else "interval", which
        draws a bound and a refusal too. "profile" needs `histories`, the table that the estimate
        was made from. Raises StudyInvalid for a kind that there is not, or that this method has
        nothing to show for; EstimateRefused where there is no number.
        """
        kind = kind or self.kinds[0]
        if kind not in PAINTERS:
            raise StudyInvalid(
                f"there is no picture {kind!r} of an estimate",
                hint=f"{like(kind, PAINTERS)}Pictures: {', '.join(PAINTERS)}.",
            )
        return PAINTERS[kind](self, histories)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The pictures that tell this answer best, the first of them first."""
        if self.estimate is None or self.draws is None:
            return ("interval",)
        return ("posterior", "interval")

    def as_line(self, label: str, *, strong: bool = False) -> Line:
        """The answer as a line of a forest plot, called `label`."""
        return Line(
            label=label,
            verdict=str(self.verdict),
            estimate=self.estimate,
            lower=self.lower,
            upper=self.upper,
            strong=strong,
        )

    def to_html(self, *, pictures: tuple[str, ...] = (), histories: Any = None) -> str:
        """The answer as HTML that needs nothing from outside; `pictures` are kinds of `plot`.

        What must not be left out comes first: verdict, reasons, assumption, caveats.
        """
        model = [", ".join(self.model)] if self.model else []
        parts = [
            sentences("Verdict", [str(self.verdict)]),
            sentences("Because", self.reasons),
            sentences("Assumes", [self.assumption]),
            sentences("Caveats", self.caveats),
            sentences("Model", model),
            *(self.plot(kind, histories=histories).to_html() for kind in pictures),
            sentences("Lists", [", ".join(self.lists)]),
            sentences("Table", [f"sha256 {self.input_digest[:16]}"] if self.input_digest else []),
        ]
        return section(self._headline(), parts=parts)

    def to_posterior(self) -> dict[str, dict[str, NDArray[np.float64]]]:
        """The draws as ArviZ takes them: {"posterior": {"N": totals, chains by draws}}.

        Draws of a bootstrap are in it under the same name. Draws without an answer are NaN.
        Raises StudyInvalid where the method has no draws.
        """
        if self.draws is None:
            raise StudyInvalid(
                f"{self.method} has no draws",
                hint="Methods with draws: decomposable, sparse-bayes, latent-class, and from the "
                "bootstrap stepwise, bic and aic. `draws_of` draws totals from any interval.",
            )
        return {"posterior": {"N": np.atleast_2d(self.draws)}}

    def to_arviz(self) -> Any:
        """The draws as ArviZ's DataTree, the method, settings and table digest with them.

        Raises ExtraMissing without arviz-base, StudyInvalid where the method has no draws.
        """
        drawn = self.to_posterior()
        try:
            from arviz_base import from_dict
        except ModuleNotFoundError as error:
            raise ExtraMissing(
                "arviz-base is not installed",
                hint="Install it with: pip install 'bearwitness[arviz]'. Without it, "
                "`to_posterior` gives the same draws as a plain dict of arrays.",
            ) from error
        told = {
            "method": self.method,
            "observed": self.observed,
            "settings": canonical_json(self.settings),
            "input_digest": self.input_digest,
        }
        return from_dict(drawn, attrs={"posterior": told})

    def to_table(self) -> pa.Table:
        """One row of ESTIMATES."""
        row = {name: getattr(self, name) for name in ESTIMATES.names}
        row |= {
            "method": self._method_with_settings(),
            "verdict": str(self.verdict),
            "reasons": "; ".join(self.reasons),
        }
        return check([row], ESTIMATES)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; without the draws."""
        plain = asdict(replace(self, draws=None)) | {"verdict": str(self.verdict)}
        del plain["draws"]
        return {key: list(v) if isinstance(v, tuple) else v for key, v in plain.items()}

    def _repr_html_(self) -> str:
        return self.to_html()

    def _headline(self) -> str:
        where = f" [{self.stratum}]" if self.stratum else ""
        seen = f"{self.observed:,} were observed"
        if self.estimate is not None and self.lower is not None and self.upper is not None:
            return (
                f"{self.method}{where}: about {self.estimate:,.0f} people in all "
                f"({self.level:.0%} interval {self.lower:,.0f} to {self.upper:,.0f}); {seen}."
            )
        if self.verdict is Verdict.LOWER_BOUND_ONLY:
            return f"{self.method}{where}: {self._bound_told()}; {seen}."
        return f"{self.method}{where}: no estimate; {seen}."

    def _bound_told(self) -> str:
        bound = self.details.get("bound")
        if bound is None:
            return f"a lower bound only: at least {self.lower:,.0f} people"
        return (
            f"a lower bound: at least about {bound['estimate']:,.0f} people ({self.level:.0%} "
            f"interval of the bound {bound['lower']:,.0f} to {bound['upper']:,.0f})"
        )

    def _method_with_settings(self) -> str:
        # The level has its own column.
        settings = {key: value for key, value in self.settings.items() if key != "level"}
        told = [f"{key} {_told(value)}" for key, value in sorted(settings.items())]
        return f"{self.method} ({', '.join(told)})" if told else self.method


Painter = Callable[[Estimate, Any], Picture]

# How to draw an answer, by kind: filled by `drawing`, which stands above and knows the methods.
PAINTERS: dict[str, Painter] = {}


def like(word: str, known: Iterable[str]) -> str:
    """ "Did you mean ...? " with the nearest of `known`; empty where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1)
    return f"Did you mean {near[0]!r}? " if near else ""


def _told(value: Any) -> str:
    return value if isinstance(value, str) else canonical_json(value)
