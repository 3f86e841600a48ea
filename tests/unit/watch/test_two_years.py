"""Two simulated years against a plain model: no deadline missed, none told twice, none told wrongly.

Backups of every outcome and length, restarts and long down times, a clock that is set back and forth by minutes and by
weeks, a machine that sleeps, daylight saving in both directions, runs that are left out, plugins that come and go,
schedules that change, notifications that are switched off for a while.
"""

from __future__ import annotations

import dataclasses
import random
import zoneinfo
from pathlib import Path
from typing import Any, Callable, Dict, Optional

import pytest

from prime_notify.schedules.plan import Plan, SkipReason
from tests.support.watch_model import Model, next_in_crontab
from tests.support.watch_world import DAY, HOUR, MINUTE, WatchWorld

pytestmark = pytest.mark.once

YEARS = 2 * 365 * DAY
BERLIN = "Europe/Berlin"


@dataclasses.dataclass(frozen=True)
class Case:
    """``following``: the next expected moment, as the model has it. ``pause``: seconds between two actions."""

    following: Callable[[float], float]
    pause: float
    watch: Dict[str, Any]
    plan: Optional[Plan] = None
    grace: float = 30 * MINUTE


def crontab(text: str, pause: float, **more: Any) -> Case:
    zone = zoneinfo.ZoneInfo(BERLIN)
    return Case(lambda after: next_in_crontab(text, zone, after), pause, {"every": text, "timezone": BERLIN, **more})


def interval(seconds: float, jitter: float) -> Case:
    plan = Plan("prime_backup", loaded=True, enabled=True, interval=seconds, jitter=jitter, load=1)
    return Case(lambda after: after + seconds + jitter, seconds / 2, {}, plan)


CASES = {
    "the interval of Prime Backup": interval(12 * HOUR, 10.0),
    "a short interval of Prime Backup": interval(2 * HOUR, 60.0),
    "a duration": Case(lambda after: after + DAY, 10 * HOUR, {"every": "1d"}),
    "every night in the hour of the change": crontab("30 2 * * *", 9 * HOUR),
    "every half hour": crontab("*/30 * * * *", 40 * MINUTE, grace="20m"),
    "every six hours": crontab("15 */6 * * *", 4 * HOUR),
    "on Mondays and Thursdays": crontab("0 4 * * 1,4", 1.2 * DAY),
    "once a month": crontab("0 3 1 * *", 9 * DAY),
}


LIVES = [*((name, 1) for name in CASES), *((name, 2) for name, case in CASES.items() if case.pause > 5 * HOUR)]
"""By name and seed. A second life takes little time where backups are rare."""


class Simulation:
    """The watch and the model, side by side."""

    def __init__(self, folder: Path, case: Case, seed: int) -> None:
        self.random = random.Random(seed)
        self.case = case
        self.world = WatchWorld(folder, watch={"backup": case.watch, "stuck_after": False})
        if case.plan is not None:
            self.world.plan_now = case.plan
        self.world.start()
        now = self.now
        grace = float(self.world.config.config.watch.backup.grace)
        self.model = Model(case.following, grace, since=now, resumed=now, jumped=now)
        self.told = 0
        self.look(0.0)

    @property
    def now(self) -> float:
        return self.world.clock.wall()

    def look(self, after: float) -> None:
        told = self.world.look(after)
        expected = self.model.look(self.now)
        assert told == expected, (self.now, self.model, self.world.deadline)
        self.told += len(told)

    def pass_time(self, seconds: float) -> None:
        """Look at the moments at which the model tells something, just before them, and at random."""
        left = seconds
        while left > 0:
            to_deadline = self.model.tell_at(self.now) - self.now
            steps = [left, self.random.uniform(5.0, self.case.pause)]
            steps += [step for step in (to_deadline - 1.0, to_deadline) if step > 0]
            step = min(steps)
            self.look(step)
            left -= step

    def run(self, seconds: float) -> None:
        end = self.world.clock.time + seconds
        actions = [
            (40, self.backup), (8, self.failure), (10, self.left_out), (12, self.restart), (4, self.set_clock),
            (1, self.set_clock_far), (4, self.sleep), (3, self.unload), (3, self.switch_off), (2, self.change),
        ]  # fmt: skip
        weights, names = zip(*actions)
        while self.world.clock.time < end:
            self.pass_time(self.random.expovariate(1 / self.case.pause))
            self.random.choices(names, weights)[0]()
            self.look(1.0)

    # actions

    def backup(self, name: str = "backup_success") -> None:
        task_id = self.world.begin()
        self.model.running = True
        self.pass_time(self.random.choice([MINUTE, 10 * MINUTE, 3 * HOUR]))
        payload = self.world.end(task_id, name)
        self.model.running = False
        if name != "backup_success":
            return
        assert (payload.overdue is None) == (self.model.told is None)
        if payload.overdue is not None:
            assert payload.overdue.due == self.model.told
        self.model.told = None
        self.model.good.append(payload.timestamp.unix)

    def failure(self) -> None:
        self.backup(self.random.choice(["backup_failure", "backup_aborted"]))

    def left_out(self) -> None:
        reason = self.random.choice([SkipReason.NOBODY_ONLINE, SkipReason.BUSY])
        self.world.skip(reason)
        if reason is SkipReason.NOBODY_ONLINE:
            self.model.skipped = self.now
        self.look(0.0)

    def restart(self) -> None:
        self.world.restart(down=self.random.choice([20.0, HOUR, 15 * HOUR, 5 * DAY]))
        self.model.restart(self.now)

    def set_clock(self) -> None:
        self._jump(self.random.choice([-1, 1]) * self.random.uniform(2 * MINUTE, 3 * HOUR))

    def set_clock_far(self) -> None:
        """It is wrong by weeks, for a while in which a backup is made, perhaps."""
        wrong = self.random.choice([-1, 1]) * self.random.uniform(2 * DAY, 40 * DAY)
        self._jump(wrong)
        self.pass_time(self.random.uniform(0.0, self.case.pause))
        if self.random.random() < 0.5:
            self.backup()
        self._jump(-wrong)

    def sleep(self) -> None:
        self._jump(self.random.uniform(HOUR, 2 * DAY))

    def _jump(self, seconds: float) -> None:
        self.world.clock.ahead += seconds
        self.model.jump(self.now, seconds)
        self.look(0.0)

    def unload(self) -> None:
        """Prime Backup is not there for a while: what it planned still counts."""
        plan = self.world.plan_now
        self.world.plan_now = plan._replace(loaded=False)
        self.pass_time(self.random.uniform(0.0, self.case.pause))
        self.world.plan_now = plan._replace(load=plan.load + 1)

    def switch_off(self) -> None:
        self.world.configure(watch={"backup": self.case.watch, "stuck_after": False}, notification={"enabled": False})
        self.model.enabled = False
        self.pass_time(self.random.uniform(0.0, self.case.pause))
        self.world.configure(watch={"backup": self.case.watch, "stuck_after": False})
        self.model.enabled = True
        self.model.since = self.now
        self.look(0.0)

    def change(self) -> None:
        """Prime Backup is loaded with another interval."""
        if self.case.plan is None:
            return
        seconds = self.random.choice([HOUR, 6 * HOUR, DAY])
        plan = self.world.plan_now
        assert plan.interval is not None
        if seconds != plan.interval:
            self.model.since = self.now
        self.world.plan_now = plan._replace(interval=seconds, load=plan.load + 1)
        self.model.following = lambda after: after + seconds + plan.jitter
        self.look(0.0)


@pytest.mark.parametrize(("name", "seed"), LIVES)
def test_it_tells_what_the_model_tells_when_the_model_tells_it(tmp_path: Path, name: str, seed: int) -> None:
    simulation = Simulation(tmp_path, CASES[name], seed)
    try:
        simulation.run(YEARS)
    finally:
        simulation.world.stop()
    assert simulation.told > 10
