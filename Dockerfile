FROM python:3.13-slim

RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /portal

# The packages first: they change seldom, and by the same rules as on a desk.
COPY Makefile package.json package-lock.json ./
COPY requirements requirements
RUN make install

COPY . .
RUN useradd --system portal && mkdir -p var && chown portal var
USER portal
CMD [".venv/bin/python", "-m", "config.run", "web"]
