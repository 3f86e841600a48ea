"""What developers and newcomers run; standard library only. Nothing here is packed into the plugin."""
