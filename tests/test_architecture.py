"""The house as drawn: who imports whom, what stays unloaded, how long a file may be, whose styles are whose."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.each import each
from tui import __version__

ROOT = Path(__file__).parents[1]
PACKAGES = ("tui", "screens", "widgets")
LONGEST = 500
LONGEST_FUNCTION = 60
SHORT = 60


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def here(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


CODE = sources(*PACKAGES)
TESTS = sources("tests")
EVERY = each("path", CODE, ids=str)


def test_every_import_runs_downward() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "8 kept, 0 broken" in done.stdout


def loads(*modules: str) -> set[str]:
    """The top-level packages that a fresh Python has loaded after importing some modules."""
    load = f"import importlib\nfor name in {modules!r}: importlib.import_module(name)"
    source = f"{load}\nimport json, sys\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def dotted(*folders: str) -> list[str]:
    paths = sources(*folders)
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]


def test_the_desk_and_the_commands_load_no_textual_and_no_http() -> None:
    loaded = loads("tui.wiring", *dotted("tui/desk", "tui/commands"))
    assert not loaded & {"textual", "rich", "screens", "widgets", "httpx", "starlette", "uvicorn"}


def test_the_client_and_the_demo_org_load_no_textual() -> None:
    assert not loads(*dotted("tui/okta", "tui/demo")) & {"textual", "screens", "widgets"}


def test_values_are_structs_which_cost_a_start_less_than_dataclasses() -> None:
    made = {here(path) for path in CODE if re.search(r"^ *@dataclass", path.read_text("utf-8"), re.MULTILINE)}
    ours = {path for path in made if not path.startswith("tui/demo/")}
    assert ours == {"screens/asks.py", "widgets/people/action_bar.py"}  # Textual's messages, which are no values


LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
SHORT_FILES = {
    "tui/person_screens.py": "only the app opens screens of any room in front of any other; three late imports",
    "tui/desk/lockouts/export.py": "what a program reads of a lockout is no part of what a screen shows",
    "tui/desk/people/export.py": "likewise of a person in a list",
    "screens/lockouts/commands.py": "what the palette offers is no part of how the lockouts are drawn and read",
    "screens/setup/": "one file a step of the wizard",
    "tui/__main__.py": "`python -m tui`",
    "tui/cli.py": "answers `--version` before anything else is imported",
    "tui/commands/": "one file a subcommand",
    "tui/demo/story/begin.py": "makes a finished org; the tests make theirs with it",
    "tui/demo/story/newcomers.py": "the past of a person who is made while the org runs",
    "tui/desk/attack_signs.py": "beneath the session, which holds it, and the features that fill it",
    "tui/desk/connectors/nonces.py": "a file of its own on disk",
    "tui/desk/team/bounded.py": "imported together with psycopg, which only a team's record needs",
    "tui/okta/dpop.py": "one RFC",
    "tui/okta/service_ids.py": "which ids Okta gives to service apps; the wizard's messages come from it",
    "tui/welcome_app.py": "the app of a first start, imported by nothing else",
    "widgets/": "one file a widget, or a table's columns",
}
"""The exceptions from the laws of size, each with its reason; a folder's name stands for all in it."""


def test_no_file_is_too_long_to_hold_in_the_head() -> None:
    long = {here(path) for path in [*CODE, *TESTS] if len(lines(path)) > LONGEST}
    assert long == LONG_FILES.keys()


def test_no_function_is_too_long_to_hold_in_the_head() -> None:
    long = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                long |= {f"{here(path)}: {node.name}"} if size > LONGEST_FUNCTION else set()
    assert long == LONG_FUNCTIONS.keys()


def importers(paths: list[Path]) -> dict[str, set[str]]:
    """The modules that import a module, or something from it, by its dotted name."""
    found: dict[str, set[str]] = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                found.setdefault(name, set()).add(here(path))
    return found


def test_a_short_file_serves_two_others_or_says_why_it_stands_alone() -> None:
    used = importers(CODE)
    lonely = {
        here(path)
        for name, path in zip(dotted(*PACKAGES), CODE, strict=True)
        if path.name != "__init__.py" and len(lines(path)) < SHORT and len(used.get(name, ())) < 2
    }
    excused = {path: next((known for known in SHORT_FILES if path.startswith(known)), None) for path in lonely}
    assert [path for path, reason in excused.items() if reason is None] == []
    assert set(excused.values()) == SHORT_FILES.keys(), "a reason is not needed any more"


def test_one_name_means_one_thing() -> None:
    """Classes of the product, and those of the demo org, which may carry Okta's terms a second time."""
    places: dict[tuple[bool, str], list[str]] = {}
    for path in CODE:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault((here(path).startswith("tui/demo/"), node.name), []).append(here(path))
    assert {name: where for (_, name), where in places.items() if len(where) > 1} == {}


@EVERY
def test_every_file_says_its_one_idea_in_its_first_line(path: Path) -> None:
    text = path.read_text("utf-8")
    if not text:
        assert path.name == "__init__.py"
        return
    first = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    assert first.endswith((".", "?", "!")), first


@EVERY
def test_a_worker_makes_its_coroutine_itself(path: Path) -> None:
    """One that is cancelled before it begins would leave a coroutine that was made for it, which nobody awaits."""
    assert re.findall(r"run_worker\((?!partial\()[\w.]+\(.*", path.read_text("utf-8")) == []


ONLY_CHILDREN = {
    "FrontApp": "widgets may not know the screens, one of which its heir opens",
    "ApiError": "the demo org's answer to a fault; `LimitedError` is one that carries headers of its own",
    "Field": "the box of every form; the one that filters a list is such a box, and knows its list",
    "Clock": "the local clock; Okta's is that clock corrected, and asked the same",
    "LedgerCorrupt": "raised and caught on its own; a ledger that was rewritten is a damaged one, and more",
}
"""The classes with one subclass that are kept, and why."""


def subclasses(files: dict[str, str]) -> dict[str, list[str]]:
    """The classes of some modules, each with its direct subclasses; modules and classes by their dotted names."""
    found: dict[str, list[str]] = {}
    bases: list[tuple[str, str]] = []
    for module, source in files.items():
        known: dict[str, str] = {}
        classes = []
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                known |= {alias.asname: alias.name for alias in node.names if alias.asname}
            elif isinstance(node, ast.ClassDef):
                classes.append(node)
        known |= {node.name: f"{module}.{node.name}" for node in classes if not named_like_its_base(node)}
        for node in classes:
            found.setdefault(f"{module}.{node.name}", [])
            for base in node.bases:
                name, _, rest = ast.unparse(base).partition("[")[0].partition(".")
                bases.append((f"{known.get(name, name)}.{rest}".rstrip("."), f"{module}.{node.name}"))
    for base_name, name in bases:
        if base_name in found and name not in found[base_name]:
            found[base_name].append(name)
    return found


def named_like_its_base(node: ast.ClassDef) -> bool:
    """Whether a class takes the name of what it is made of, as `class Server(uvicorn.Server)` does."""
    return any(ast.unparse(base).partition("[")[0].rpartition(".")[2] == node.name for base in node.bases)


def test_no_class_has_exactly_one_subclass() -> None:
    """Such a base class is one idea cut in two by inheritance: the one should hold the other."""
    files = {name: path.read_text("utf-8") for name, path in zip(dotted(*PACKAGES), CODE, strict=True)}
    lonely = {name: heirs for name, heirs in subclasses(files).items() if len(heirs) == 1}
    assert len(files) > 1
    assert {name.rpartition(".")[2]: heirs for name, heirs in lonely.items()}.keys() == ONLY_CHILDREN.keys(), lonely


def test_subclasses_are_told_apart() -> None:
    files = {
        "a": "class A: ...\nclass B(A[int]): ...\nclass Server: ...",
        "b": "import a as x\nfrom a import A as C\nimport web\nclass D(C): ...\nclass E(x.B): ...\n"
        "class Server(web.Server): ...",
    }
    found = subclasses(files)
    assert found["a.A"] == ["a.B", "b.D"]
    assert found["a.B"] == ["b.E"]
    assert found["a.Server"] == found["b.Server"] == []


def rules(style: str) -> list[str]:
    """The selectors of a style sheet, one for each comma."""
    bare = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    found, depth, start = [], 0, 0
    for place, char in enumerate(bare):
        if char == "{":
            if depth == 0:
                found += [selector.strip() for selector in bare[start:place].split(",")]
            depth += 1
        elif char == "}":
            depth -= 1
            start = place + 1
    assert depth == 0
    return found


SHEETS = sorted((ROOT / "screens").rglob("*.tcss"))


@each("sheet", SHEETS, ids=str)
def test_a_screens_styles_do_not_leak_into_another(sheet: Path) -> None:
    """Textual applies a screen's CSS_PATH to the whole app, so every rule begins with its own screen's class."""
    screen = sheet.with_suffix(".py").read_text("utf-8")
    owner = re.search(rf'^class (\w+)[^\n]*\n(?:(?!^class ).*\n)*?    CSS_PATH = "{sheet.name}"', screen, re.MULTILINE)
    assert owner, f"no screen loads {sheet.name}"
    selectors = rules(sheet.read_text("utf-8"))
    assert selectors
    for selector in selectors:
        assert re.match(rf"{owner[1]}(?![\w-])", selector), selector


def test_the_selectors_of_a_sheet_are_told_apart() -> None:
    assert rules("A #b, C { x: y; &:hover { z: 1; } }\n/* D { } */ E.f { }") == ["A #b", "C", "E.f"]


def test_the_version_stands_in_one_place() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:\.dev\d+|(?:a|b|rc)\d+)?", __version__)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "tui/__init__.py"
    assert [str(path.relative_to(ROOT)) for path in CODE if f'"{__version__}"' in path.read_text("utf-8")] == [
        "tui/__init__.py"
    ]


def test_what_the_readme_tells_to_type_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= targets
    told = set(re.findall(r"\bmake ([a-z-]+)\b", (ROOT / "README.md").read_text("utf-8")))
    assert told <= targets
    hints = set(re.findall(r"`make ([a-z-]+)`", (ROOT / "Makefile").read_text("utf-8")))
    assert hints <= targets


def test_the_command_that_is_installed_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    module, _, name = project["project"]["scripts"]["keydesk"].partition(":")
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_a_filter_names_a_table_of_its_own_screen() -> None:
    """Textual looks the table up by its id once something is typed: a wrong one ends the app only then."""
    found = 0
    for path in CODE:
        text = path.read_text("utf-8")
        for name in re.findall(r'FilterBox\(\s*"([\w-]+)"', text):
            found += 1
            assert re.search(rf'[^r]\bid="{name}"', text), f"{here(path)}: no table #{name}"
    assert found > 10
