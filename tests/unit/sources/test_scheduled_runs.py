"""The scheduled runs of Prime Backup that made no backup, and the reason of each."""

from __future__ import annotations

import logging
import threading
import types
from types import SimpleNamespace
from typing import Any, Callable, List

import apscheduler.events
import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from prime_notify.schedules.plan import Skip
from prime_notify.sources.prime_backup.scheduled_runs import RETRYING, ScheduledRuns
from tests.support.clock import FakeClock
from tests.support.scheduled_job import Raising, load_modules, scheduled_prime_backup

NOT_EXECUTED = SimpleNamespace(executed=False)


class Scene:
    """A Prime Backup whose scheduled runs are observed, on a server that runs."""

    def __init__(self, **config: Any) -> None:
        self.clock = FakeClock()
        self.entry = scheduled_prime_backup(**config)
        self.modules = load_modules(self.entry)
        self.job, self.scheduler = self.entry.job, self.entry.scheduler
        self.running: Callable[[], bool] = lambda: True
        self.job.server_runs = lambda: self.running()
        self.skips: List[Skip] = []
        self.runs = self.make()

    def make(self) -> ScheduledRuns:
        return ScheduledRuns(
            self.skips.append,
            server_running=lambda: self.running(),
            wall=self.clock.wall,
            log=logging.getLogger("test.scheduled_runs"),
        )

    def attach(self) -> Any:
        return self.runs.attach(self.entry, self.modules)

    def fire(self) -> List[str]:
        """Run the job; the reasons of the skips."""
        self.skips.clear()
        self.scheduler.fire()
        return self.reasons

    @property
    def reasons(self) -> List[str]:
        return [skip.reason.value for skip in self.skips]


def observed(**config: Any) -> Scene:
    scene = Scene(**config)
    assert scene.attach() is None
    return scene


# reasons


def test_a_run_with_a_task_is_no_skip() -> None:
    assert observed().fire() == []


def test_a_task_that_failed_is_no_skip() -> None:
    scene = observed()
    scene.job.outcome = SimpleNamespace(executed=True, ret=None, error=OSError())
    assert scene.fire() == []


def test_a_skip_names_the_plugin_and_the_wall_time() -> None:
    scene = observed()
    scene.running = lambda: False
    scene.clock.ahead = 5.0
    assert scene.fire() == ["server_stopped"]
    assert scene.skips[0].plugin_id == "prime_backup"
    assert scene.skips[0].at == scene.clock.time + 5.0


def test_nobody_online_is_the_reason_only_where_players_are_required() -> None:
    scene = observed(require_online_players=True)
    assert scene.fire() == []
    scene.job.players.clear()
    assert scene.fire() == ["nobody_online"]
    scene.running = lambda: False
    assert scene.fire() == ["server_stopped"]


def test_a_schedule_that_is_switched_off_is_a_reason() -> None:
    scene = observed()
    scene.job.config.enabled = False
    assert scene.fire() == ["disabled"]


def test_a_run_that_returns_for_no_visible_reason_is_unknown() -> None:
    scene = observed()
    scene.scheduler.run = lambda: None
    assert scene.fire() == ["unknown"]


def test_a_run_that_raises_before_its_task_is_unknown() -> None:
    scene = observed()

    def fail() -> None:
        raise RuntimeError

    scene.job.before = fail
    assert scene.fire() == ["unknown"]


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "busy"),
        (["found_created_backup"], "made_already"),
        (["abort_event"], "unloaded"),
        (["abort_event", "found_created_backup"], "unloaded"),
    ],
)
def test_a_task_that_was_not_executed_has_one_reason(events: List[str], reason: str) -> None:
    scene = observed()
    scene.job.outcome = NOT_EXECUTED
    for name in events:
        getattr(scene.job, name).set()
    assert scene.fire() == [reason]


def test_a_report_that_fails_after_the_task_was_not_executed_adds_no_reason() -> None:
    """In 1.9 to 1.11 ``report`` raises a NameError after an abort."""
    scene = observed()
    scene.job.outcome = NOT_EXECUTED
    run = scene.scheduler.run

    def report() -> None:
        run()
        raise NameError

    scene.scheduler.run = report
    assert scene.fire() == ["busy"]


def test_an_error_of_the_retries_passes_through_and_is_unknown() -> None:
    scene = observed()
    scene.job.outcome = error = RuntimeError("job is not running")
    with pytest.raises(RuntimeError) as raised:
        scene.job.run()
    assert raised.value is error
    assert scene.fire() == ["unknown"]


@pytest.mark.parametrize(("event", "reason"), [("EVENT_JOB_MAX_INSTANCES", "busy"), ("EVENT_JOB_MISSED", "missed")])
def test_a_run_that_the_scheduler_left_out_is_a_skip(event: str, reason: str) -> None:
    scene = observed()
    scene.scheduler.leave_out(getattr(apscheduler.events, event))
    assert scene.reasons == [reason]


def test_other_jobs_and_other_events_are_none_of_ours() -> None:
    scene = observed()
    scene.scheduler.leave_out(apscheduler.events.EVENT_JOB_SUBMITTED)
    scene.scheduler.job_id = "prune_backup"
    scene.scheduler.run = lambda: None
    assert scene.fire() == []


# the job as it is


def test_a_job_that_the_scheduler_was_given_before_is_seen() -> None:
    """APScheduler keeps the bound method."""
    scene = Scene(require_online_players=True)
    scene.job.players.clear()
    scene.entry.crontab_manager.scheduler = scheduler = BackgroundScheduler()
    ended = threading.Event()
    scheduler.start(paused=True)
    scheduler.add_job(scene.job.run, id="schedule_backup")
    assert scene.attach() is None
    scheduler.add_listener(lambda event: ended.set(), apscheduler.events.EVENT_JOB_EXECUTED)
    scheduler.resume()
    assert ended.wait(30)
    scheduler.shutdown()
    assert scene.reasons == ["nobody_online"]


def test_the_wrapper_is_on_the_job_alone_and_passes_arguments_and_result_through() -> None:
    scene = observed()
    result = scene.job.run_task_with_retry("task", can_retry=True, broadcast=True)
    assert result is scene.job.outcome
    base = type(scene.job).__mro__[1]
    assert "run_task_with_retry" in vars(type(scene.job))
    scene.runs.close()
    assert "run_task_with_retry" not in vars(type(scene.job))
    assert vars(base)["run_task_with_retry"] is type(scene.job).run_task_with_retry


def test_after_the_close_nothing_is_observed_any_more_and_late_calls_are_harmless() -> None:
    scene = observed()
    (listener, _mask), *_ = scene.scheduler.listeners
    late = scene.job.run_task_with_retry
    scene.runs.close()
    scene.runs.close()
    assert scene.scheduler.listeners == []
    scene.job.outcome = NOT_EXECUTED
    assert late("task", True) is NOT_EXECUTED
    listener(SimpleNamespace(job_id="schedule_backup", code=apscheduler.events.EVENT_JOB_EXECUTED))
    assert scene.fire() == []


def test_a_scheduler_that_lets_no_listener_go_is_let_alone() -> None:
    scene = observed()
    scene.running = lambda: False
    scene.scheduler.remove_listener = lambda listener: 1 / 0
    scene.runs.close()
    assert scene.fire() == []


def test_a_former_observer_of_ours_that_was_never_closed_is_retired() -> None:
    scene = observed()
    scene.runs = scene.make()
    assert scene.attach() is None
    scene.job.outcome = NOT_EXECUTED
    assert scene.fire() == ["busy"]


# other plugins


def foreign_wrap(scene: Scene) -> None:
    cls: Any = type(scene.job)
    original = cls.run_task_with_retry
    cls.run_task_with_retry = lambda self, *args, **kwargs: original(self, *args, **kwargs)


def test_a_wrapper_around_ours_is_left_alone() -> None:
    scene = observed()
    foreign_wrap(scene)
    present = vars(type(scene.job))["run_task_with_retry"]
    assert scene.attach() is None
    assert vars(type(scene.job))["run_task_with_retry"] is present
    scene.job.outcome = NOT_EXECUTED
    assert scene.fire() == ["busy"]


def test_a_wrapper_that_was_taken_out_is_put_back_and_says_nothing_meanwhile() -> None:
    scene = observed(require_online_players=True)
    cls: Any = type(scene.job)
    ours = cls.run_task_with_retry
    del cls.run_task_with_retry
    assert scene.fire() == []  # a backup was made: nobody saw it
    assert scene.attach() is None
    cls.run_task_with_retry, new = ours, cls.run_task_with_retry
    scene.job.outcome = NOT_EXECUTED
    assert scene.job.run_task_with_retry("task", True) is NOT_EXECUTED
    assert scene.reasons == []  # the former wrapper is silent
    cls.run_task_with_retry = new
    assert scene.fire() == ["busy"]


def test_a_plugin_that_takes_it_out_all_the_time_costs_the_reasons() -> None:
    scene = observed()
    for _ in range(5):
        delattr(type(scene.job), "run_task_with_retry")
        assert scene.attach() is None
    delattr(type(scene.job), "run_task_with_retry")
    assert "again and again" in scene.attach()


# shapes


def without_module(scene: Scene) -> None:
    del scene.modules[RETRYING.module]


def without_class(scene: Scene) -> None:
    scene.modules[RETRYING.module] = types.ModuleType(RETRYING.module)


def without_method(scene: Scene) -> None:
    type(scene.job).__mro__[1].run_task_with_retry = None


def without_job(scene: Scene) -> None:
    scene.entry.crontab_manager.jobs = {}


def without_scheduler(scene: Scene) -> None:
    del scene.entry.crontab_manager.scheduler


def with_a_broken_scheduler(scene: Scene) -> None:
    scene.entry.crontab_manager.scheduler = Raising()


def without_events(scene: Scene) -> None:
    del scene.modules["apscheduler.events"]


def with_odd_events(scene: Scene) -> None:
    names = ("EXECUTED", "ERROR", "MISSED", "MAX_INSTANCES")
    odd: Any = SimpleNamespace(**{f"EVENT_JOB_{name}": name for name in names})
    scene.modules["apscheduler.events"] = odd


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (without_module, "no module prime_backup.mcdr.crontab_job.scheduled_backup_job"),
        (without_class, "no class ScheduledBackupJob"),
        (without_method, "has no method run_task_with_retry"),
        (without_job, "no job schedule_backup"),
        (without_scheduler, "takes no listener"),
        (with_a_broken_scheduler, "takes no listener"),
        (without_events, "no codes of events"),
        (with_odd_events, "no codes of events"),
    ],
)
def test_another_shape_does_not_fit_and_nothing_is_wrapped(spoil: Callable[[Scene], None], reason: str) -> None:
    scene = Scene()
    spoil(scene)
    before = dict(vars(type(scene.job)))
    assert reason in scene.attach()
    assert dict(vars(type(scene.job))) == before
    scene.runs.close()


@pytest.mark.parametrize(
    "result", [None, SimpleNamespace(), SimpleNamespace(executed=None), SimpleNamespace(executed="no"), Raising()]
)
def test_a_result_of_another_shape_tells_nothing(result: Any) -> None:
    scene = observed()
    scene.job.outcome = result
    assert scene.job.run_task_with_retry("task", True) is result
    assert scene.fire() == []


@pytest.mark.parametrize("flag", [None, 5, SimpleNamespace(is_set=5), SimpleNamespace(is_set=lambda: "yes"), Raising()])
def test_an_event_of_another_shape_counts_as_not_set(flag: Any) -> None:
    scene = observed()
    scene.job.abort_event = scene.job.found_created_backup = flag
    scene.job.outcome = NOT_EXECUTED
    assert scene.fire() == ["busy"]


def test_an_error_of_ours_reaches_neither_the_job_nor_its_scheduler(caplog: pytest.LogCaptureFixture) -> None:
    scene = observed()
    scene.running = lambda: bool(1 / 0)
    scene.scheduler.run = lambda: None
    assert scene.fire() == []
    scene.clock.wall = lambda: 1 / 0  # type: ignore[method-assign]
    scene.runs = ScheduledRuns(
        scene.skips.append, server_running=lambda: True, wall=scene.clock.wall, log=logging.getLogger("test")
    )
    assert scene.attach() is None
    scene.job.outcome = NOT_EXECUTED
    assert scene.job.run_task_with_retry("task", True) is NOT_EXECUTED
    assert caplog.messages == ["Prime Notify could not observe a scheduled backup"] * 2


@pytest.mark.parametrize("event", [None, 5, Raising(), SimpleNamespace(job_id="schedule_backup")])
def test_an_event_of_the_scheduler_of_another_shape_is_ignored(event: Any) -> None:
    scene = observed()
    (listener, _mask), *_ = scene.scheduler.listeners
    listener(event)
    assert scene.skips == []
