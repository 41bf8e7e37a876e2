"""The house keeps its shape: small functions, small modules, an error family, documents in step."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bearwitness import errors

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "bearwitness"
MODULES = [p for p in sorted(SOURCE.rglob("*.py")) if "migrations" not in p.parts]
FUNCTION_LIMIT, MODULE_LIMIT, PARAMETER_LIMIT = 50, 400, 5
FAMILY = [v for v in vars(errors).values() if inspect.isclass(v) and issubclass(v, Exception)]


def functions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MODULE_LIMIT, f"{lines} lines: split it by what it is about"
    for function in functions(path):
        length = function.end_lineno - function.lineno + 1
        assert length <= FUNCTION_LIMIT, f"{function.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_module_is_named_for_nothing(path):
    for word in ("utils", "helpers", "manager", "service", "handler"):
        assert word not in path.stem


def test_every_error_has_its_own_exit_code_and_stands_in_the_tree():
    codes = [error.exit_code for error in FAMILY]
    assert len(set(codes)) == len(codes)
    for error in FAMILY:
        line = re.search(rf"{error.__name__}\s+(\d+)", errors.__doc__)
        assert line, f"{error.__name__} is missing from the tree in errors.py"
        assert int(line[1]) == error.exit_code


def test_an_error_says_where_first_and_keeps_its_hint_apart():
    error = errors.FileEmpty("the file has no rows", where="a.csv", hint="Send it again.")
    assert (str(error), error.hint) == ("a.csv: the file has no rows", "Send it again.")


def test_importing_and_estimating_load_neither_django_nor_a_database():
    program = (
        "import sys, bearwitness as bw;"
        "bw.make_estimator('independence', replicates=20)"
        ".fit({'pattern': ['a','b','a+b'], 'count': [40,30,20]});"
        "print([m for m in ('django','splink','duckdb','matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_generated_reference_is_in_step_with_the_code():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_no_committed_file_names_a_package_registry():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pattern = re.compile("|".join(["py" + "pi\\.org", "python" + "hosted", "npm" + "js\\."]))
    for name in listed.stdout.split():
        path = ROOT / name
        if path.is_file() and path.suffix not in {".xlsx", ".png", ".mo"}:
            assert not pattern.search(path.read_text(encoding="utf-8", errors="replace")), name
