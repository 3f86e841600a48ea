"""The demo: a real MCDReforged with the packed plugin, a stand-in server, a backup plugin, and a local receiver."""
