"""The docs are complete and current: commands, options, rules, policy, formats, exit codes."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import jsonschema
import pytest

from listhygiene.cli.main import COMMANDS, commands, main
from listhygiene.model.report import EXIT_CODES
from listhygiene.policy.reading import keys
from listhygiene.reports import formats
from listhygiene.rules import catalogue

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_make", DOCS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


make = _make()


def tree() -> list[tuple[str, click.Command]]:
    return [(path.removeprefix("listhygiene "), one) for path, one in make.walk(commands)]


@pytest.mark.parametrize("name", list(make.PAGES))
def test_a_page_is_current(name: str) -> None:
    assert text_of(f"docs/{name}") == make.PAGES[name](), "run: python docs/make.py"


@pytest.mark.parametrize(("path", "command"), tree(), ids=[path for path, _ in tree()])
def test_every_option_of_a_command_is_explained(path: str, command: click.Command) -> None:
    page = text_of("docs/commands.md")
    found = re.search(rf"^#+ {re.escape(path)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, path
    shared = page.partition("## Shared options")[2]
    for option in command.params:
        if isinstance(option, click.Option):
            longest = max(option.opts, key=len)
            assert f"`{longest}`" in found[1], longest
            assert f"`{longest}`" in shared or re.search(rf"\| .*`{longest}`", found[1]), longest


@pytest.mark.parametrize("code", list(catalogue()))
def test_every_rule_has_its_section(code: str) -> None:
    assert f"### {code} {catalogue()[code].name}\n" in text_of("docs/rules.md")


@pytest.mark.parametrize("key", keys())
def test_every_policy_key_is_explained(key: str) -> None:
    assert f"| `{key}` |" in text_of("docs/policy.md")


@pytest.mark.parametrize("name", formats())
def test_every_format_is_explained(name: str) -> None:
    assert f"| `{name}` |" in text_of("docs/formats.md")


@pytest.mark.parametrize("code", sorted({*EXIT_CODES.values(), 2, 130, 143}))
def test_every_exit_code_is_explained(code: int) -> None:
    assert re.search(rf"^\| {code} \|", text_of("docs/exit_codes.md"), re.MULTILINE)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_its_exit_codes_and_stands_in_the_readme(name: str) -> None:
    assert f"| `{name}`" in text_of("docs/exit_codes.md")
    assert f"`listhygiene {name}" in text_of("README.md")


@pytest.mark.parametrize(("path", "command"), tree(), ids=[path for path, _ in tree()])
def test_every_command_in_a_group_is_named(path: str, command: click.Command) -> None:
    group, _, name = path.partition(" ")
    if name:
        assert re.search(rf"^\| `{group}`.*`{name}`", text_of("docs/exit_codes.md"), re.MULTILINE)
        row = re.search(rf"^\| `listhygiene {group} .*", text_of("README.md"), re.MULTILINE)
        assert row, path
        assert re.search(rf"[` ]{name}[` ]", row[0]), path


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *DOCS.glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_shows_what_the_sample_run_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    sample = ["sample_data/spring_campaign.csv", "--policy", "sample_data/listhygiene.toml"]
    assert main(["check", *sample, "--lang", "en"]) == 1
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    block = text_of("README.md").partition("shortened:")[2].split("```")[1]
    for line in block.strip().splitlines():
        assert line.split() in printed, line


def test_the_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    example = text_of("README.md").partition("```python\n")[2].partition("```")[0]
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("closed 1\n")
    assert re.search(r"send\s+262", printed)


def _yaml(name: str) -> Any:
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load(text_of(name))


def test_the_hook_is_one_that_pre_commit_takes() -> None:
    (hook,) = _yaml(".pre-commit-hooks.yaml")
    assert {"id", "name", "entry", "language", "files", "pass_filenames"} <= set(hook)
    assert hook["language"] == "python"
    assert re.search(hook["files"], "lists/春.xlsx")
    assert not re.search(hook["files"], "README.md")
    command = hook["entry"].split()
    assert command[0] == "listhygiene"
    assert command[1] in COMMANDS


def _action() -> Any:
    action = _yaml("action.yml")
    assert action["runs"]["using"] == "composite"
    return action


def test_the_action_has_the_inputs_that_the_docs_name() -> None:
    action = _action()
    for name in action["inputs"]:
        assert f"| `{name}` |" in text_of("docs/ci.md")
    for step in action["runs"]["steps"]:
        assert "uses" in step or step["shell"] == "bash"
        assert "${{" not in step.get("run", ""), "an input in a script could run as a part of it"


@pytest.mark.parametrize(
    ("lists", "code", "gate"),
    [
        (["clean_list.csv"], 0, "open"),
        (["clean_list.csv", "no_header.csv"], 1, "closed"),
        (["not there.csv"], 3, "undecided"),
    ],
)
def test_the_step_of_the_action_keeps_the_exit_code(
    tmp_path: Path, lists: list[str], code: int, gate: str
) -> None:
    bash = shutil.which("bash")
    program = Path(sys.executable).with_name("listhygiene")
    if bash is None or not program.exists() or sys.platform == "win32":
        pytest.skip("needs bash and the installed program")
    step = _action()["runs"]["steps"][-1]
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    given = {
        "LISTS": "\n".join(f"sample_data/{name}" for name in lists) + "\n",
        "POLICY": "sample_data/listhygiene.toml",
        "ARGS": "--lang en",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(output),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
    }
    run = subprocess.run(
        [bash, "-e", "-c", step["run"]],
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert run.returncode == code, run.stderr
    assert output.read_text(encoding="utf-8") == f"gate={gate}\n"
    assert summary.read_text(encoding="utf-8").startswith("## ")
    assert all(line.startswith("::") for line in run.stdout.splitlines())


def _snippets() -> list[Any]:
    yaml = pytest.importorskip("yaml")
    return [
        yaml.safe_load(one)
        for one in re.findall(r"```yaml\n(.*?)```", text_of("docs/ci.md"), re.DOTALL)
    ]


def _schema(name: str) -> Any:
    """Return a schema as check-jsonschema carries it: GitHub's by SchemaStore, GitLab's its own."""
    vendored = pytest.importorskip(
        "check_jsonschema.builtin_schemas", reason="check-jsonschema is not installed"
    )
    return json.loads((Path(vendored.__file__).parent / "vendor" / f"{name}.json").read_bytes())


def test_the_action_is_one_that_github_takes() -> None:
    jsonschema.validate(_action(), _schema("github-actions"))


@pytest.mark.parametrize(("schema", "key"), [("github-workflows", "jobs"), ("gitlab-ci", "stages")])
def test_the_snippets_are_such_as_the_servers_take(schema: str, key: str) -> None:
    (one,) = (
        one for one in _snippets() if ("jobs" in one) == (key == "jobs") and "repos" not in one
    )
    whole = {"on": "push", **one} if key == "jobs" else one
    jsonschema.validate(whole, _schema(schema))


def test_the_docs_name_no_owner_that_nobody_knows() -> None:
    for path in sorted([*DOCS.glob("*.md"), ROOT / "README.md"]):
        assert "OWNER" not in path.read_text(encoding="utf-8"), path.name


def test_the_hook_of_the_docs_is_the_hook_of_the_repository() -> None:
    (local,) = (one["repos"][0]["hooks"][0] for one in _snippets() if "repos" in one)
    (hook,) = _yaml(".pre-commit-hooks.yaml")
    assert local["files"] == hook["files"]
    assert local["entry"].startswith(hook["entry"])


def test_the_gitlab_job_names_formats_there_are() -> None:
    (job,) = (one["listhygiene"] for one in _snippets() if "listhygiene" in one)
    named = re.findall(r"--format (\w+)", " ".join(job["script"]))
    assert named
    assert set(named) <= set(formats())
