"""The part that uses MCDReforged."""
