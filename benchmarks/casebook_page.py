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


def today(people: int = 0) -> str:
    """The day and the machine; and how big the casebook was, where it matters."""
    day = datetime.date.today()
    size = f"{people:,} people, {people * 2 // 3:,} interviews, {people * 20 // 3:,} acts; "
    machine = f"{_processor()}, Python {platform.python_version()}"
    return f"{day.day} {day:%B %Y}, {size if people else ''}{machine}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
