"""The command line. What a command does stands in its own module; here are its options and its help.

Modules that take long to load are loaded by the commands that need them, so that `--help` answers at once.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.terminal import (
    REFUSED,
    Commands,
    ImportCommand,
    chosen_language,
    configure_logs,
    language_option,
    reader,
    tolerate_any_output,
)

app = typer.Typer(
    cls=Commands,
    name="kpi-bot",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Exportable(StrEnum):
    """What can be exported."""

    FACTS = "facts"


Language = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="en|fr", is_eager=True, callback=language_option, help="Read in English or in French."
    ),
]


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
    version: Annotated[  # noqa: ARG001  # its callback acts
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")
    ] = False,
) -> None:
    """Helpdesk KPIs you can trust: the same number in Slack, in the terminal and in CSV.

    **Try it** with a made-up helpdesk, no set-up needed: `kpi-bot demo`

    **On your own helpdesk**: set `KPI_BOT_HELPDESK`, `KPI_BOT_HELPDESK_URL` and `KPI_BOT_HELPDESK_TOKEN`, then
    `kpi-bot check`, `kpi-bot sync`, `kpi-bot ask fcr week`

    **In Slack**: `kpi-bot manifest`, then `kpi-bot run`
    """
    configure_logs()


@app.command()
def run(
    *,
    only: Annotated[
        str,
        typer.Option(metavar="PARTS", help="web answers Slack, worker reads the helpdesks and sends what is due."),
    ] = "web,worker",
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Run the bot: answer Slack, and keep reading the helpdesks.

    With KPI_BOT_SLACK_APP_TOKEN it uses Socket Mode and needs no public address; with KPI_BOT_SLACK_SIGNING_SECRET
    it serves HTTP on KPI_BOT_HOST and KPI_BOT_PORT, where /healthz, /readyz and /metrics are in any case. Logs are
    JSON on stderr. SIGTERM and Ctrl-C stop it cleanly.

    **Examples**

    `KPI_BOT_SLACK_BOT_TOKEN=xoxb-… KPI_BOT_SLACK_APP_TOKEN=xapp-… kpi-bot run`

    `kpi-bot run --only worker`
    """
    from bot.running import Part, parts_named, run_bot  # noqa: PLC0415
    from bot.settings import load_settings  # noqa: PLC0415

    configure_logs(as_json=True)
    parts = parts_named(only)
    run_bot(load_settings(reads_helpdesks=Part.WORKER in parts), parts=parts)


@app.command()
def demo(
    ctx: typer.Context,
    *,
    lang: Language = None,  # noqa: ARG001  # its callback acts
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the demo's database in this directory, and go on with it next time."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Where the page is served: 8765, or another one when that is taken."),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only say where the page is, instead of opening it.")
    ] = False,
    terminal: Annotated[bool, typer.Option("--terminal", help="Ask in the terminal.")] = False,
) -> None:
    """Try the bot on a made-up helpdesk: it is read like a real one, then you ask, on a page that looks like Slack.

    The page opens in your browser; Ctrl-C ends. Nothing leaves this machine. With `--terminal`, or when questions come
    through a pipe, you ask in the terminal instead: with or without `/kpi`; `help` explains how, `quit` or Ctrl-D ends.

    **Examples**

    `kpi-bot demo`

    `kpi-bot demo --lang fr`

    `kpi-bot demo --no-browser --port 8080`

    `echo "/kpi fcr week" | kpi-bot demo`
    """
    import sys  # noqa: PLC0415

    if terminal and (no_browser or port is not None):
        raise typer.BadParameter("Choose the terminal, or a page with --no-browser and --port.")
    if terminal or not (sys.stdin.isatty() or no_browser or port is not None):
        from bot.demo.prompt import run_prompt  # noqa: PLC0415

        if not run_prompt(reader(ctx), chosen_language(ctx), keep):
            raise typer.Exit(REFUSED)
        return
    from bot.demo.browser import run_page  # noqa: PLC0415

    run_page(reader(ctx), keep, port=port, opens=not no_browser)


@app.command()
def ask(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="The question, in English or French, in any order.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the figures to a CSV file; - for standard output.")
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="Ask as if it were then: 2026-11-24T10:26, or with an offset or Z."),
    ] = None,
    facts: Annotated[
        str | None, typer.Option(metavar="DIR", help="Ask an export of the facts instead of the database.")
    ] = None,
    spark: Annotated[
        str | None, typer.Option(metavar="MASTER", help="Let Spark read the export: local[2], spark://host:7077, …")
    ] = None,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Answer one question from what has been read.

    The words are those of `/kpi` in Slack. Exit status 0, or 2 with a sentence on stderr.

    **Examples**

    `kpi-bot ask fcr week`

    `kpi-bot ask frt last month by agent priority:high`

    `kpi-bot ask csat 2026-10 vs 2026-09 --json`

    `kpi-bot ask volume année par mois --csv volume.csv --lang fr`

    `kpi-bot ask list`
    """
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


@app.command()
def sync(
    ctx: typer.Context,
    *,
    full: Annotated[bool, typer.Option("--full", help="Read everything again instead of what is new.")] = False,
    accept_deletions: Annotated[
        bool, typer.Option("--accept-deletions", help="Believe it when most tickets aren't found any more.")
    ] = False,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Read what is new on every helpdesk into the database.

    Can be stopped at any time: the next run goes on where this one was, and reading twice changes nothing. One
    helpdesk that fails doesn't hold up the others; the exit status is then 2. For some seconds it also looks at stored
    tickets again, as what changes in them isn't always told: open ones every hour, those that ended within 60 days
    every day, all every week.

    **Examples**

    `kpi-bot sync`

    `kpi-bot sync --full`
    """
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.upkeep import sync_all  # noqa: PLC0415

    settings = load_settings()
    if not sync_all(settings, reader(ctx), full=full, accept_deletions=accept_deletions):
        raise typer.Exit(REFUSED)


@app.command("import", cls=ImportCommand)
def import_(  # noqa: PLR0913  # one for each option
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What the file holds: one of the kinds below.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="CSV, gzipped or not, or XLSX; - for standard input.")
    ] = None,
    *,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="The helpdesk it belongs to; by default the only one.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE|NAME", help="What columns and words mean; remembered for the next import."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    template: Annotated[
        bool, typer.Option("--template", help="Print an example file with every column, instead of importing one.")
    ] = False,
    rejected: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where rejected rows go; by default FILE-rejected.csv.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="utf-8, cp1252 …; by default recognised.")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(metavar="SIGN", help="Between cells: ; , | or tab; by default recognised.")
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Where times without a zone are local; by default KPI_BOT_TIMEZONE."),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="The sheet of a workbook; by default its first.")
    ] = None,
    date_order: Annotated[
        str | None, typer.Option(metavar="dmy|mdy|ymd", help="Order of day, month and year; by default recognised.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="SIGN", help="The decimal mark; by default recognised.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The data is complete up to here, by default its last moment; “end”: nothing follows."
        ),
    ] = None,
    watch: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Import every file that lands in this directory, until Ctrl-C or SIGTERM."),
    ] = None,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Import data that no helpdesk has, or whole ticket histories, from a CSV or XLSX file.

    Importing twice changes nothing. Rows that can't be stored are told with line, column and reason, and written to a
    file that can be mended and imported with the same command; the exit status is then 2.

    With `--watch`, files that land in a directory are imported by themselves and moved to `done` beside them; rejected
    rows go to `rejected`, files that can't be read to `failed`.

    **Examples**

    `kpi-bot import contacts --template > calls.csv`

    `kpi-bot import contacts calls.csv --dry-run`

    `kpi-bot import events export.csv.gz --source old-desk --mapping old-desk.toml`

    `kpi-bot import tickets --source easiware --mapping easiware --watch incoming`
    """
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal import importing, watching  # noqa: PLC0415

    if watch is not None and (file or rejected or dry_run or template):
        raise typer.BadParameter("--watch goes with neither FILE, --rejected, --dry-run nor --template.")
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


@app.command()
def export(
    ctx: typer.Context,
    what: Annotated[Exportable, typer.Argument(help="What is exported.")],  # noqa: ARG001  # there is one kind so far
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to; an earlier export there is replaced.")],
    *,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Write all facts to Parquet files, for analysts, for a cluster, and for `kpi-bot ask --facts DIR`.

    What is half written is never read: who asks an export meanwhile gets the earlier one.

    **Example**: `kpi-bot export facts exported`
    """
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.exporting import export as export_to  # noqa: PLC0415

    export_to(load_settings(), directory, reader(ctx))


@app.command()
def check(ctx: typer.Context, *, lang: Language = None) -> None:  # noqa: ARG001  # its callback acts
    """Say in plain words what is configured, reachable and missing, and how to mend it.

    Changes nothing. Exit status 0, or 2 when something must be mended.

    **Example**: `kpi-bot check`
    """
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.checks import check_all  # noqa: PLC0415

    settings = load_settings()
    if not check_all(settings, reader(ctx)):
        raise typer.Exit(REFUSED)


@app.command()
def migrate(
    ctx: typer.Context,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Also make all facts again from what was read.")] = False,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Make the database, or bring it to this version's tables.

    `sync` and `run` do the same when they start. Facts are made again by themselves when opening hours or SLA policies
    change; `--rebuild` does it in any case.

    **Examples**

    `kpi-bot migrate`

    `kpi-bot migrate --rebuild`
    """
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.upkeep import migrate_database  # noqa: PLC0415

    settings = load_settings()
    migrate_database(settings, reader(ctx), rebuild=rebuild)


@app.command()
def reconcile(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[HELPDESK] [PERIOD]", help="By default every helpdesk, and the running week."),
    ] = None,
    *,
    kpi: Annotated[
        list[str] | None, typer.Option(metavar="KPI", help="Only this one, such as frt; may be given several times.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every ticket to a CSV file; - for standard output.")
    ] = None,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Lay our figures beside the helpdesk's own, ticket by ticket, and say why they differ.

    The tickets are those that the KPI counts in the period, and those that only the helpdesk has there. What the
    helpdesk says itself is read with its tickets and counts in no KPI.

    **Examples**

    `kpi-bot reconcile`

    `kpi-bot reconcile support last month --kpi frt --csv frt.csv`
    """
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.reconciling import reconcile_all  # noqa: PLC0415

    reconcile_all(load_settings(), reader(ctx), words or [], kpi or [], csv)


@app.command()
def audit(
    ctx: typer.Context,
    *,
    days: Annotated[int, typer.Option(metavar="N", min=1, max=3650, help="How many days to look back.")] = 30,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what this Slack user asked, such as U012AB3CD.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all of it to a CSV file; - for standard output.")
    ] = None,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Say who asked what in Slack, what was shared with a channel, and what was refused.

    How long it is kept is set by `keep_audit` under `[access]` in the settings file.

    **Examples**

    `kpi-bot audit`

    `kpi-bot audit --days 7 --user U012AB3CD --csv audit.csv`
    """
    from bot.settings import load_settings  # noqa: PLC0415
    from bot.terminal.auditing import show_audit  # noqa: PLC0415

    show_audit(load_settings(), reader(ctx), days=days, asker=user, file=csv)


@app.command()
def manifest(
    *,
    http: Annotated[
        str | None, typer.Option("--http", metavar="URL", help="The bot's public address: Slack calls it over HTTP.")
    ] = None,
    socket: Annotated[
        bool, typer.Option("--socket", help="Socket Mode, which needs no public address; the default.")
    ] = False,
    lang: Language = None,  # noqa: ARG001  # its callback acts
) -> None:
    """Print the manifest to create the Slack app from.

    At https://api.slack.com/apps choose “Create New App”, “From a manifest”, and paste it.

    **Examples**

    `kpi-bot manifest --socket`

    `kpi-bot manifest --http https://kpi.example.com`
    """
    import json  # noqa: PLC0415

    from bot.slack.manifest import manifest as app_manifest  # noqa: PLC0415
    from kpi.errors import SettingsError  # noqa: PLC0415

    if http is not None and socket:
        raise typer.BadParameter("Choose one of --http and --socket.")
    if http is not None and not http.startswith("https://"):
        raise SettingsError("public_url", url=http)
    typer.echo(json.dumps(app_manifest(http), indent=2, ensure_ascii=False))
