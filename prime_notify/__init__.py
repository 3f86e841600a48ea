"""Prime Notify: notifies people of every backup and restore of a Minecraft server.

Data flows one way: source → event → notification → routing → outbox → lane → channel.render → transport →
channel.judge → outbox. MCDReforged appears only in :mod:`prime_notify.mcdr` and :mod:`prime_notify.sources`.
"""
