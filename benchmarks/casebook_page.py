"""The page of measured tables: docs/explanation/speed-of-the-casebook.md."""

from __future__ import annotations

import datetime
import platform
import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "speed-of-the-casebook.md"


def write_table(name: str, text: str) -> None:
    """Put `text` between the marks of this name."""
    page = PAGE.read_text("utf-8")
    found = rf"(<!-- table: {name} -->\n).*?(<!-- end -->)"
    PAGE.write_text(re.sub(found, lambda m: f"{m[1]}{text}\n{m[2]}", page, flags=re.S), "utf-8")


def today(people: int) -> str:
    day = datetime.date.today()
    return (
        f"{day.day} {day:%B %Y}: {people:,} people, {people * 2 // 3:,} interviews, "
        f"{people * 20 // 3:,} acts; {_processor()}, Python {platform.python_version()}."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
