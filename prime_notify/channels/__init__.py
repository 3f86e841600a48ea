"""The channels: one module (or package) each, named like the ``type`` in an endpoint's config, and found by itself."""
