"""Helpers that tests share: stand-ins for the systems around the plugin, over real sockets and real files."""
