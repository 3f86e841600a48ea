"""What many channels have to say of an answer, in both languages."""

from __future__ import annotations

from prime_notify.text.wording import Wording

__all__ = ["CHECK_URL", "NO_REASON", "OURS", "has_a_problem", "not_how", "refused_by"]

CHECK_URL = Wording("check the URL", "请检查 URL")
NO_REASON = Wording("without a reason", "没有说明原因")
OURS = Wording("this should not happen: please report it", "这本不应发生：请报告此问题")


def refused_by(service: str, said: object) -> Wording:
    """``service`` said no, in these words."""
    return Wording("{service} refused: {said}", "{service} 拒绝了：{said}", service=service, said=said)


def not_how(service: str) -> Wording:
    """Something else than ``service`` answered."""
    return Wording("this is not how {service} answers", "{service} 不会这样应答", service=service)


def has_a_problem(service: str) -> Wording:
    """It is not our fault."""
    return Wording("{service} has a problem", "{service} 出现问题", service=service)
