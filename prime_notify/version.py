"""The plugin's version, as it stands in mcdreforged.plugin.json (a test keeps the two equal)."""

__all__ = ["__version__"]

__version__ = "0.1.0"
