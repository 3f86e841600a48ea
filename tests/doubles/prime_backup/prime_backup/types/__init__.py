"""Values that tasks and actions exchange."""
