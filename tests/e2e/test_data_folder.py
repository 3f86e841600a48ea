"""A data folder that cannot be used."""

from __future__ import annotations

from pathlib import Path

from tests.support.scene import Scene


def test_a_file_in_the_place_of_the_data_folder_is_said_and_a_reload_ends_it(
    tmp_path: Path, prime_notify: Path
) -> None:
    with Scene(tmp_path, [prime_notify]) as scene:
        folder = scene.configure().parent
        (folder / "config.json").unlink()
        folder.rmdir()
        folder.write_text("somebody's notes")
        scene.start(attached=False)
        scene.mcdr.wait_for_line("The data folder config.prime_notify cannot be used .*, so nothing is sent")
        overview = "\n".join(scene.mcdr.output_of("!!pn"))
        assert "The config file cannot be read, so nothing is sent" in overview
        assert folder.read_text() == "somebody's notes"
        folder.unlink()
        scene.configure()
        scene.mcdr.wait_for_line("Config reloaded", since=scene.mcdr.send("!!pn reload"))
        scene.check_test_command("!!pn test")
