# syntax=docker/dockerfile:1
# CI can't build images: it lints this file and runs the build stage's steps in a clean environment (.ci/dockerfile_steps.py).

FROM python:3.11-slim AS build
ENV UV_LINK_MODE=copy \
    UV_COMPILE_BYTECODE=1 \
    UV_PROJECT_ENVIRONMENT=/opt/kpi-bot
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --extra postgres --no-install-project
COPY kpi ./kpi
COPY bot ./bot
COPY migrations ./migrations
RUN uv sync --frozen --no-dev --extra postgres --no-editable

FROM python:3.11-slim
RUN useradd --system --create-home --uid 10001 kpi-bot \
    && mkdir /data \
    && chown kpi-bot /data
COPY --from=build /opt/kpi-bot /opt/kpi-bot
ENV PATH=/opt/kpi-bot/bin:$PATH \
    KPI_BOT_DATABASE_URL=sqlite:////data/kpi-bot.db \
    KPI_BOT_HOST=0.0.0.0
VOLUME /data
USER 10001
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:3000/healthz', timeout=4)"]
ENTRYPOINT ["kpi-bot"]
CMD ["run"]
