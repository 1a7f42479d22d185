"""The `hexroom` command, with the commands in the modules of web/cli/commands."""

import importlib
import pkgutil

import click

import web.cli.commands
from web.http.openapi import hexroom_version


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(hexroom_version(), prog_name="hexroom")
def main() -> None:
    """Campaign rooms for tabletop hex crawls; `hexroom serve --help` lists the settings."""


for _found in pkgutil.iter_modules(web.cli.commands.__path__):
    main.add_command(importlib.import_module(f"web.cli.commands.{_found.name}").command)

if __name__ == "__main__":
    main()
