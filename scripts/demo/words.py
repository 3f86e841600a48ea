"""The demo's own sentences, in both languages beside each other."""

from __future__ import annotations

import locale
import os
import sys
from typing import Dict, Mapping, Optional, Tuple

__all__ = ["LANGUAGES", "Words", "language_of"]

LANGUAGES = ("en_us", "zh_cn")

_WORDS: Dict[str, Tuple[str, str]] = {
    # the backup plugins
    "example": ("the example backup plugin", "示例备份插件"),
    "prime_backup": ("Prime Backup ({file})", "Prime Backup（{file}）"),
    "disk_gone": (
        "Later the disk with the world is gone, and the next backup fails",
        "后来存放世界的磁盘掉线，下一次备份失败",
    ),
    "save_hangs": (
        "Later the server hangs while it saves the world, and the next backup fails",
        "后来服务器存盘时卡住，下一次备份失败",
    ),
    # the stage
    "title": ("Prime Notify with {backup}", "Prime Notify 与{backup}"),
    "venv": ("virtual environment", "虚拟环境"),
    "venv_made": ("{folder}, made before", "{folder}，之前已创建"),
    "pack": ("mcdreforged pack", "打包插件"),
    "instance": ("MCDReforged instance", "MCDReforged 目录"),
    "start": ("MCDReforged starts", "启动 MCDReforged"),
    "started": (
        "with the packed plugin and a stand-in Minecraft server",
        "加载打包好的插件，服务器由替身程序代替",
    ),
    "endpoint": ("endpoint {name}", "推送目标 {name}"),
    "every_event": ("every event", "全部事件"),
    "list": (", ", "、"),
    "is": (": ", "："),
    # the story
    "server": ("Demo server", "演示服"),
    "castle": ("my castle", "我的城堡"),
    "nightly": ("nightly", "每晚备份"),
    "backup": ("Steve makes a backup, from the game's chat", "Steve 在游戏里发起一次备份"),
    "restore": (
        "A creeper blew up the castle; the owner restores the backup",
        "苦力怕炸了城堡，服主回档",
    ),
    "stands": ("the castle stands again", "城堡又立起来了"),
    "ruin": ("the castle is still a ruin", "城堡还是一片废墟"),
    "not_restored": ("the restore did not bring the world back", "回档没有恢复世界"),
    "test": ("Does it work? The owner asks for a test notification", "能收到吗？服主发一条测试通知"),
    "overview": ("The overview", "查看总览"),
    "after": ("{ms} after the event", "事件发生后 {ms}"),
    # the end
    "unexpected": ("{endpoint} received {event} unexpectedly", "{endpoint} 收到了意料之外的 {event}"),
    "missing": ("{endpoint} never received {event}", "{endpoint} 一直没有收到 {event}"),
    "other_title": ("{endpoint} was sent {title} for {expected}", "{endpoint} 收到的标题是 {title}，应为 {expected}"),
    "verdict": ("{arrived} of {expected} notifications arrived", "{expected} 条通知送达 {arrived} 条"),
    "latency": (
        ", {middle:.0f} ms after their event at the median and {worst:.0f} ms at most",
        "，距事件发生的中位数为 {middle:.0f} 毫秒，最长 {worst:.0f} 毫秒",
    ),
    "took": ("{verdict}. The demo took {seconds:.0f} s.", "{verdict}。演示用时 {seconds:.0f} 秒。"),
    "keep": (
        "Still running. Type commands, such as !!eb make or !!pn; stop or Ctrl-C ends it.",
        "仍在运行。可以输入命令，例如 !!eb make 或 !!pn；输入 stop 或按 Ctrl-C 结束。",
    ),
    # what went wrong with MCDReforged
    "not_loaded": ("a plugin did not load", "有插件没有加载成功"),
    "not_running": ("MCDReforged is not running", "MCDReforged 没有在运行"),
    "ended": ("MCDReforged has ended", "MCDReforged 已退出"),
    "silent": ("MCDReforged did not print {pattern} in time", "MCDReforged 没有及时输出 {pattern}"),
    "last_lines": ("{what}; its last lines:", "{what}，最后几行输出如下："),
}


class Words:
    """``words("took", verdict=..., seconds=5)``: a sentence in one language. ``language``: ``en_us`` or ``zh_cn``."""

    def __init__(self, language: str = "en_us") -> None:
        self.language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, name: str, /, **values: object) -> str:
        return _WORDS[name][self._column].format(**values)


def language_of(environ: Mapping[str, str] = os.environ, system: Optional[str] = None) -> str:
    """The language of this machine's people, by the locale: Chinese where it is Chinese, else English.

    ``system``: the locale of the system, which counts where the environment names none, as on Windows.
    """
    named = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    if named is None:
        named = (locale.getlocale()[0] if system is None and sys.platform == "win32" else system) or ""
    return "zh_cn" if named.lower().startswith(("zh", "chinese")) else "en_us"
