# Hexroom without a database of its own: name one in HEXROOM_DATABASE_URL.

FROM python:3.12-slim AS build
WORKDIR /source
COPY setup.cfg pyproject.toml README.md LICENSE package.json package-lock.json ./
COPY packaging packaging
COPY events events
COPY actors actors
COPY web web
RUN python -m venv /opt/hexroom && /opt/hexroom/bin/pip install --no-cache-dir .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/hexroom --create-home hexroom
COPY --from=build /opt/hexroom /opt/hexroom
ENV PATH=/opt/hexroom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HEXROOM_HOST=0.0.0.0 \
    HEXROOM_PORT=8080 \
    HEXROOM_DATA_DIR=/var/lib/hexroom \
    HEXROOM_LOG_FORMAT=json
USER 10001
VOLUME /var/lib/hexroom
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["hexroom"]
CMD ["serve"]
