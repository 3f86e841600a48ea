"""The search for the classes to observe, and their wrappers beside those of other plugins."""

from __future__ import annotations

import functools
import sys
import types
from typing import Any, Callable, List

import pytest

from prime_notify.sources.prime_backup.seams import Misfit, Patch, Seam, find
from tests.support.prime_backup_classes import nothing, prime_backup


class Base:
    def run(self, what: str, *, loud: bool = False) -> str:
        return what.upper() if loud else what


def make_class() -> Any:
    class Action(Base):
        def run(self, what: str, *, loud: bool = False) -> str:
            """Runs."""
            return super().run(what, loud=loud)

    return Action


def recorder(seen: List[Any]) -> Callable[[Callable[[], Any], Any], Any]:
    def around(call: Callable[[], Any], instance: Any) -> Any:
        seen.append(instance)
        return call()

    return around


class Prefixer:
    """Something callable that is no function, so that a class does not bind it."""

    def __call__(self, what: str) -> str:
        return "<" + what


def foreign_wrap(cls: Any, calls: List[str]) -> None:
    """Wrap the method as another plugin does."""
    original = cls.run

    @functools.wraps(original)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append("foreign")
        return original(self, *args, **kwargs)

    cls.run = run


# finding


@pytest.mark.parametrize("seam", list(Seam))
def test_a_seam_is_found_among_the_loaded_modules(seam: Seam) -> None:
    module = types.ModuleType(seam.module)
    setattr(module, seam.class_name, Base)
    assert find(seam, {seam.module: module}) is Base


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, "no class GetBackupAction"),
        ({"GetBackupAction": nothing}, "no class GetBackupAction"),
        ({"GetBackupAction": type("GetBackupAction", (), {})}, "no method run"),
        ({"GetBackupAction": type("GetBackupAction", (), {"run": 5})}, "no method run"),
    ],
)
def test_a_seam_of_another_shape_does_not_fit_and_says_why(content: Any, reason: str) -> None:
    module = types.ModuleType(Seam.GET_ACTION.module)
    vars(module).update(content)
    found = find(Seam.GET_ACTION, {Seam.GET_ACTION.module: module})
    assert isinstance(found, Misfit)
    assert reason in found


def test_a_module_that_is_not_loaded_is_not_imported() -> None:
    assert find(Seam.GET_ACTION, {}) == "no module prime_backup.action.get_backup_action"
    assert Seam.GET_ACTION.module not in sys.modules


# wrapping


def test_a_patch_sees_each_run_and_passes_arguments_and_result_through() -> None:
    cls, seen = make_class(), []  # type: ignore[var-annotated]
    Patch(cls, recorder(seen), nothing)
    action = cls()
    assert action.run("x", loud=True) == "X"
    assert seen == [action]
    assert cls.run.__doc__ == "Runs."


def test_undoing_puts_back_the_very_function_that_was_there() -> None:
    cls = make_class()
    before = cls.__dict__["run"]
    Patch(cls, recorder([]), nothing).undo()
    assert cls.__dict__["run"] is before


def test_an_inherited_run_is_set_on_the_class_alone_and_taken_off_again() -> None:
    pb, seen = prime_backup(), []  # type: ignore[var-annotated]
    cls, base_run = pb.ExportBackupToDirectoryAction, pb.ExportBase.run
    patch = Patch(cls, recorder(seen), nothing)
    action = cls(3, restore_mode=True)
    assert action.run() == []
    assert seen == [action]
    assert pb.ExportBase.run is base_run
    patch.undo()
    assert "run" not in cls.__dict__


def test_an_inherited_run_that_is_wrapped_on_the_base_later_is_still_reached() -> None:
    pb, calls = prime_backup(), []  # type: ignore[var-annotated]
    Patch(pb.ExportBackupToDirectoryAction, recorder([]), nothing)
    foreign_wrap(pb.ExportBase, calls)
    pb.ExportBackupToDirectoryAction(3).run()
    assert calls == ["foreign"]


@pytest.mark.parametrize(
    "attribute",
    [
        functools.partialmethod(lambda self, prefix, what: prefix + what, "<"),
        staticmethod(lambda what: "<" + what),
        Prefixer(),  # not functools.partial, which Python is about to bind as it does functions
    ],
)
def test_whatever_stands_there_as_run_is_called_as_python_would(attribute: Any) -> None:
    cls: Any = type("Action", (), {"run": attribute})
    expected = cls().run("x")
    Patch(cls, recorder([]), nothing)
    assert cls().run("x") == expected == "<x"


def test_a_wrapper_that_came_before_us_stays_in_place() -> None:
    cls, seen, calls = make_class(), [], []  # type: ignore[var-annotated]
    foreign_wrap(cls, calls)
    foreign = cls.__dict__["run"]
    patch = Patch(cls, recorder(seen), nothing)
    assert cls().run("x") == "x"
    assert (len(seen), calls) == (1, ["foreign"])
    patch.undo()
    assert cls.__dict__["run"] is foreign


def test_a_wrapper_that_came_after_us_stays_in_place() -> None:
    cls, seen, calls = make_class(), [], []  # type: ignore[var-annotated]
    patch = Patch(cls, recorder(seen), nothing)
    foreign_wrap(cls, calls)
    foreign = cls.__dict__["run"]
    patch.undo()
    assert cls.__dict__["run"] is foreign
    assert cls().run("x") == "x"
    assert calls == ["foreign"]


def test_a_forgotten_wrapper_of_ours_is_retired_also_below_anothers() -> None:
    cls, retired = make_class(), []  # type: ignore[var-annotated]
    Patch(cls, recorder([]), lambda: retired.append("old"))
    foreign_wrap(cls, [])
    Patch(cls, recorder([]), lambda: retired.append("new"))
    assert retired == ["old"]


def test_a_forgotten_wrapper_that_cannot_be_retired_does_no_harm() -> None:
    def broken() -> None:
        raise RuntimeError

    cls = make_class()
    Patch(cls, recorder([]), broken)
    Patch(cls, recorder([]), nothing)
    assert cls().run("x") == "x"
