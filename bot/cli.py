"""The command line. What a command does stands in its own module; here are its options.

What `--help` says of them stands in bot/locales/help.*.toml: a table for each command, a line for each parameter, a
word for each placeholder (`metavar`). Modules that take long to load are loaded by the commands that need them, so that
`--help` answers at once.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot.terminal import REFUSED, chosen_language, configure_logs, reader, tolerate_any_output
from bot.terminal.commands import Command, Commands, ImportCommand
from kpi.errors import CommandError

app = typer.Typer(
    cls=Commands,
    name="kpi-bot",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
command = partial(app.command, cls=Command)


class Exportable(StrEnum):
    """What can be exported."""

    FACTS = "facts"


Language = Annotated[str | None, typer.Option("--lang", metavar="en|fr")]
"""Commands has found it before any option is read, since help and refusals are in that language, too."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the entry point of `kpi-bot`."""
    tolerate_any_output()
    app(arguments, prog_name="kpi-bot")


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer's signature
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"kpi-bot {version('helpdesk-kpi-bot')}")
        raise typer.Exit


@app.callback()
def kpi_bot(
    *,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version)] = False,
    lang: Language = None,
) -> None:
    """Helpdesk KPIs you can trust: the same number in Slack, in the terminal and in CSV."""


@command()
def run(
    *,
    only: Annotated[str, typer.Option(metavar="PARTS")] = "web,worker",
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Run the bot: answer Slack, and keep reading the helpdesks."""
    from bot.running import Part, parts_named, run_bot  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    configure_logs(as_json=True)
    parts = parts_named(only)
    run_bot(load_settings(reads_helpdesks=Part.WORKER in parts), parts=parts)


@command()
def demo(
    ctx: typer.Context,
    *,
    lang: Language = None,  # noqa: ARG001  # see Language
    keep: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    port: Annotated[int | None, typer.Option(metavar="PORT", min=0, max=65535)] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser")] = False,
    terminal: Annotated[bool, typer.Option("--terminal")] = False,
) -> None:
    """Try the bot on a made-up helpdesk: it is read like a real one, then you ask, on a page that looks like Slack."""
    import sys  # noqa: PLC0415

    if terminal and (no_browser or port is not None):
        raise CommandError("terminal_or_page")
    if terminal or not (sys.stdin.isatty() or no_browser or port is not None):
        from bot.demo.prompt import run_prompt  # noqa: PLC0415

        if not run_prompt(reader(ctx), chosen_language(ctx), keep):
            raise typer.Exit(REFUSED)
        return
    from bot.demo.browser import run_page  # noqa: PLC0415

    run_page(reader(ctx), keep, port=port, opens=not no_browser)


@command()
def ask(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    csv: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    now: Annotated[str | None, typer.Option(metavar="INSTANT")] = None,
    facts: Annotated[str | None, typer.Option(metavar="DIR")] = None,
    spark: Annotated[str | None, typer.Option(metavar="MASTER")] = None,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Answer one question from what has been read."""
    from time import time  # noqa: PLC0415

    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal import questions  # noqa: PLC0415

    settings = load_settings()
    said = questions.joined(words or [])
    text = questions.language_for(said, chosen_language(ctx), reader(ctx).language)
    ctx.find_root().obj = text.language  # a refusal is told in the language of the question
    at = int(time()) if now is None else questions.instant(now, settings.timezone)
    answerer = questions.asker(settings, facts, spark, remembers=now is None)
    typer.echo(questions.ask(said, answerer, at, text, json_wanted=as_json, csv=csv))


@command()
def sync(
    ctx: typer.Context,
    *,
    full: Annotated[bool, typer.Option("--full")] = False,
    accept_deletions: Annotated[bool, typer.Option("--accept-deletions")] = False,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Read what is new on every helpdesk into the database."""
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.upkeep import sync_all  # noqa: PLC0415

    settings = load_settings()
    if not sync_all(settings, reader(ctx), full=full, accept_deletions=accept_deletions):
        raise typer.Exit(REFUSED)


@command("import", cls=ImportCommand)
def import_(  # noqa: PLR0913  # one for each option
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE")] = None,
    *,
    source: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    mapping: Annotated[Path | None, typer.Option(metavar="FILE|NAME")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    template: Annotated[bool, typer.Option("--template")] = False,
    rejected: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    separator: Annotated[str | None, typer.Option(metavar="SIGN")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ZONE")] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    date_order: Annotated[str | None, typer.Option(metavar="dmy|mdy|ymd")] = None,
    decimal: Annotated[str | None, typer.Option(metavar="SIGN")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    watch: Annotated[Path | None, typer.Option(metavar="DIR")] = None,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Import data that no helpdesk has, or whole ticket histories, from a CSV or XLSX file."""
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal import importing, watching  # noqa: PLC0415

    if watch is not None and (file or rejected or dry_run or template):
        raise CommandError("watch_alone")
    text, chosen = reader(ctx), importing.kind_named(kind)
    if template:
        importing.print_template(chosen, text)
        return
    options = {
        "source": source,
        "mapping": mapping,
        "dry_run": dry_run,
        "rejected": rejected,
        "encoding": encoding,
        "separator": separator,
        "zone": zone,
        "sheet": sheet,
        "order": date_order,
        "mark": decimal,
        "until": until,
    }
    if watch is not None:
        watching.watch(load_settings(), text, chosen, watch, options)
        return
    if not importing.import_file(load_settings(), text, chosen, file, options):
        raise typer.Exit(REFUSED)


@command()
def export(
    ctx: typer.Context,
    what: Annotated[Exportable, typer.Argument(metavar="WHAT")],  # noqa: ARG001  # there is one kind so far
    directory: Annotated[Path, typer.Argument(metavar="DIR")],
    *,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Write all facts to Parquet files, for analysts, for a cluster, and for `kpi-bot ask --facts DIR`."""
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.exporting import export as export_to  # noqa: PLC0415

    export_to(load_settings(), directory, reader(ctx))


@command()
def check(ctx: typer.Context, *, lang: Language = None) -> None:  # noqa: ARG001  # see Language
    """Say in plain words what is configured, reachable and missing, and how to mend it."""
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.checks import check_all  # noqa: PLC0415

    settings = load_settings()
    if not check_all(settings, reader(ctx)):
        raise typer.Exit(REFUSED)


@command()
def migrate(
    ctx: typer.Context,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild")] = False,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Make the database, or bring it to this version's tables."""
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.upkeep import migrate_database  # noqa: PLC0415

    settings = load_settings()
    migrate_database(settings, reader(ctx), rebuild=rebuild)


@command()
def reconcile(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[HELPDESK] [PERIOD]")] = None,
    *,
    kpi: Annotated[list[str] | None, typer.Option(metavar="KPI")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Lay our figures beside the helpdesk's own, ticket by ticket, and say why they differ."""
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.reconciling import reconcile_all  # noqa: PLC0415

    reconcile_all(load_settings(), reader(ctx), words or [], kpi or [], csv)


@command()
def audit(
    ctx: typer.Context,
    *,
    days: Annotated[int, typer.Option(metavar="N", min=1, max=3650)] = 30,
    user: Annotated[str | None, typer.Option(metavar="ID")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Say who asked what in Slack, what was shared with a channel, and what was refused."""
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.auditing import show_audit  # noqa: PLC0415

    show_audit(load_settings(), reader(ctx), days=days, asker=user, file=csv)


@command()
def manifest(
    *,
    http: Annotated[str | None, typer.Option("--http", metavar="URL")] = None,
    socket: Annotated[bool, typer.Option("--socket")] = False,
    lang: Language = None,  # noqa: ARG001  # see Language
) -> None:
    """Print the manifest to create the Slack app from."""
    import json  # noqa: PLC0415

    from bot.slack.manifest import manifest as app_manifest  # noqa: PLC0415
    from kpi.errors import SettingsError  # noqa: PLC0415

    if http is not None and socket:
        raise CommandError("http_or_socket")
    if http is not None and not http.startswith("https://"):
        raise SettingsError("public_url", url=http)
    typer.echo(json.dumps(app_manifest(http), indent=2, ensure_ascii=False))
