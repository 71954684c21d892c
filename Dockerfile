# The server in a container:  docker build -t fourfold .
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements/web.txt requirements/
RUN python -m venv /opt/fourfold \
 && /opt/fourfold/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/web.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/fourfold/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
# pg_dump, pg_restore and psql, for `fourfold backup` and its kin on PostgreSQL.
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/fourfold --create-home fourfold
COPY --from=build /opt/fourfold /opt/fourfold
ENV PATH=/opt/fourfold/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FOURFOLD_DATA=/var/lib/fourfold
USER fourfold
WORKDIR /var/lib/fourfold
VOLUME /var/lib/fourfold
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/health', timeout=4)"]
CMD ["fourfold", "serve", "--host", "0.0.0.0", "--port", "8000"]
