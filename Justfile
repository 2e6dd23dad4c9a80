# Everyday commands; `just` alone lists them.

_list:
    @just --list --unsorted

# Set up and run all tests
test *arguments:
    uv run --frozen pytest -n auto {{ arguments }}

# Style, types, import contracts, dependencies
lint:
    uv run --frozen ruff check
    uv run --frozen ruff format --check
    uv run --frozen mypy
    uv run --frozen lint-imports
    uv run --frozen deptry .

# Put everything in our style
format:
    uv run --frozen ruff check --fix
    uv run --frozen ruff format

# Try the bot on a page that looks like Slack, with a made-up helpdesk
demo *arguments:
    uv run --frozen --no-dev kpi-bot demo {{ arguments }}

# Build the demo page anew; needs Node 20 or later
page:
    cd demo-page && npm ci && npm run check && npm run build

# Take the pictures of README and docs anew; needs Chromium and the font Lato
pictures:
    uv run --frozen python docs/pictures/make.py

# Measure against the baselines: a million tickets, or so many; `--only NAME` for a part, `--help` for the rest
bench *arguments:
    uv run --frozen python benchmarks/run.py {{ arguments }}

# Write the KPI reference anew, from the catalogue and the locales
kpis:
    uv run --frozen python docs/kpis.py

# What CI runs, from a clean state
ci:
    bash .ci/run

# Write the migration that leads from the last one to the tables of kpi/schema.py and bot/tables.py
migration message:
    #!/usr/bin/env -S uv run --frozen python
    from tempfile import TemporaryDirectory
    from alembic import command
    from bot.database import configuration, migrate, open_database
    with TemporaryDirectory() as directory:
        engine = open_database(f"sqlite:///{directory}/last.db")
        migrate(engine)
        with engine.begin() as connection:
            command.revision(configuration(connection), "{{ message }}", autogenerate=True)
        engine.dispose()
