"""The `hexroom` command, with the commands in the modules of web/cli/commands."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Final

import click

import web.cli.commands
from web.version import hexroom_version

_MODULES: Final[Mapping[str, str]] = {
    # What would be a word of Python's, such as import, has an underscore.
    module.name.rstrip("_"): f"{web.cli.commands.__name__}.{module.name}"
    for module in pkgutil.iter_modules(web.cli.commands.__path__)
}


class Commands(click.Group):
    """Commands whose modules are imported when they are asked for: all of them take two seconds."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(hexroom_version(), prog_name="hexroom")
def main() -> None:
    """Campaign rooms for tabletop hex crawls; `hexroom serve --help` lists the settings."""


if __name__ == "__main__":
    main()
