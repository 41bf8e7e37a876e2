"""The studies' folders. Only a name from the listing becomes a path."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404

from bearwitness.pipeline.study import FILE_NAME


def root() -> Path:
    return Path(settings.BEARWITNESS_STUDIES)


def home() -> Path:
    return Path(settings.BEARWITNESS_HOME)


def folders() -> dict[str, Path]:
    found = sorted(root().iterdir()) if root().is_dir() else []
    return {path.name: path for path in found if (path / FILE_NAME).is_file()}


def folder_of(name: str) -> Path:
    try:
        return folders()[name]
    except KeyError as error:
        raise Http404 from error
