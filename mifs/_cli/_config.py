"""Options from a file, of which the command line has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from mifs._cli._messages import claim


def configure(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Take options of this command from a TOML file as its defaults.

    At the top of the file stand options of any command, those that a command has not
    are left to the others; in a table such as ``[rank]`` stand options of one command.

    Raises
    ------
    click.BadParameter
        For what no command has, with near names, and for values of the wrong kind.
    """
    if value is None:
        return
    claim(ctx, value, "--config")
    commands = _commands()
    every = {name for options in commands.values() for name in options}
    own = commands.get(ctx.command.name or "", {})
    found: dict[str, object] = {}
    for name, given in _toml(value).items():
        if not isinstance(given, dict):
            _check_known(name, every, value)
            if name.replace("_", "-") in own:
                found[name] = given
    for name, given in _toml(value).items():
        if isinstance(given, dict):
            _check_known(name, set(commands), value, "command")
            for key in given:
                _check_known(key, set(commands[name]), f"{value}, [{name}]")
            if name == ctx.command.name:
                found |= given
    ctx.default_map = {**_checked(found, own, value), **(ctx.default_map or {})}


def _toml(path: str) -> Mapping[str, object]:
    import tomllib

    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise click.BadParameter(f"'{path}': {error.strerror}") from None
    except ValueError as error:
        raise click.BadParameter(f"'{path}' is no TOML: {error}") from None


def _commands() -> dict[str, dict[str, click.Option]]:
    """Options of all commands, by the names that they have after the dashes."""
    from mifs._cli import main

    ctx = click.Context(main)
    commands = {name: main.get_command(ctx, name) for name in main.list_commands(ctx)}
    return {
        name: {
            flag.lstrip("-"): option
            for option in command.params
            if isinstance(option, click.Option) and option.name != "config"
            for flag in option.opts
        }
        for name, command in commands.items()
        if command is not None
    }


def _check_known(name: str, known: set[str], where: str, noun: str = "option") -> None:
    if name.replace("_", "-") in known:
        return
    import difflib

    near = difflib.get_close_matches(name.replace("_", "-"), known, n=3)
    names = ", ".join(map(repr, near or sorted(n for n in known if len(n) > 1)))
    listed = f"near names: {names}" if near else f"known: {names}"
    raise click.BadParameter(f"'{where}': no {noun} is called {name!r}; {listed}")


def _checked(
    found: Mapping[str, object], own: Mapping[str, click.Option], where: str
) -> dict[str, object]:
    """Values by the names of the parameters, as many as the option takes."""
    values: dict[str, object] = {}
    for name, given in found.items():
        option = own[name.replace("_", "-")]
        if option.is_flag != isinstance(given, bool):
            wanted = "true or false" if option.is_flag else "a value"
            raise click.BadParameter(f"'{where}': {name!r} takes {wanted}")
        if isinstance(given, list) and not option.multiple:
            raise click.BadParameter(f"'{where}': {name!r} takes one value, no list")
        listed = option.multiple and not isinstance(given, list)
        values[option.name or name] = [given] if listed else given
    return values
