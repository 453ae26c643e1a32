# One image for every role; docker-compose.yml says which command runs in which service.
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make npm && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/frontwire
COPY . .
RUN make setup

FROM python:3.12-slim
RUN useradd --system --create-home --home-dir /var/lib/frontwire frontwire
COPY --from=build --chown=root:root /srv/frontwire /srv/frontwire
WORKDIR /srv/frontwire
ENV PATH=/srv/frontwire/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FRONTWIRE_DATA_DIR=/var/lib/frontwire \
    FRONTWIRE_HOST=0.0.0.0
USER frontwire
VOLUME /var/lib/frontwire
EXPOSE 8000
CMD ["frontwire", "up"]
