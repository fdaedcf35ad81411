# What a newcomer types: `make run` and `make test`. `make help` says the rest.

PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv/bin/python
PIP := $(VENV) -m pip install --quiet --disable-pip-version-check --require-hashes
UV := 0.13.9
FRONT := static/vendor/qr/decode.js

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 15

run: install ## the portal with a demonstration on http://127.0.0.1:8000/ (PORT=8001 make run)
	@$(VENV) -m config.run

setup: install ## installs, migrates and loads the reference data; no demonstration, nothing left running
	@$(VENV) -m config.run setup

test: lint $(FRONT) chromium ## ruff, then every test on a PostgreSQL, a Redis and a browser of its own
	@$(VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

install: .venv/portal $(FRONT) ## only the packages, pinned

lint: .venv/dev ## ruff: rules and format
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .

bench: .venv/dev $(FRONT) ## measures ingest, scoring and pages; writes docs/benchmarks.md and var/bench.json
	@$(VENV) -m bench

faults: .venv/dev $(FRONT) ## kills every part in the midst of work, and holds the portal to its promises
	@$(VENV) -m tests.faults

lock: ## pins the packages of pyproject.toml and package.json anew; pins that still fit stay
	@$(PYTHON) -m venv var/uv
	@var/uv/bin/python -m pip install --quiet uv==$(UV)
	@$(COMPILE) pyproject.toml -o requirements/portal.txt
	@$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt
	@$(COMPILE) --group pyproject.toml:setup -o requirements/node.txt
	@npm_config_omit_lockfile_registry_resolved=true npm install --package-lock-only --ignore-scripts --no-audit --no-fund

# Pins are good on every platform, with hashes; where packages come from is not written unless uv is asked to.
COMPILE := var/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate

.venv/made:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更新版本，没有找到。"; exit 1; }
	@$(VENV) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || \
		{ echo "$(PYTHON) 不能建立虚拟环境。Debian、Ubuntu 请先执行：apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/portal: requirements/portal.txt | .venv/made
	@echo "正在安装 $< 中的软件包……"
	@$(PIP) -r $<
	@touch $@

.venv/dev: requirements/dev.txt | .venv/made
	@echo "正在安装 $< 中的软件包……"
	@$(PIP) -r $<
	@touch $@

node_modules/made: package.json package-lock.json requirements/node.txt | .venv/made
	@echo "正在下载前端软件包……"
	@command -v npm >/dev/null || $(PIP) -r requirements/node.txt
	@PATH="$$PATH:$$PWD/.venv/bin" npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# Only what the pages load. The maps of the minified files stay behind, and so does what points at them.
$(FRONT): node_modules/made
	@rm -rf static/vendor
	@mkdir -p static/vendor/fonts static/vendor/qr
	@cp node_modules/@tabler/icons-webfont/dist/fonts/tabler-icons.* static/vendor/fonts/
	@for file in @tabler/core/dist/css/tabler.min.css @tabler/icons-webfont/dist/tabler-icons.min.css \
		@tabler/core/dist/js/tabler.min.js htmx.org/dist/htmx.min.js echarts/dist/echarts.min.js; do \
		sed -E 's,/[/*]# sourceMappingURL=[^ ]*( \*/)?,,' "node_modules/$$file" > "static/vendor/$${file##*/}" || exit 1; done
	@cp node_modules/idb/build/index.js static/vendor/idb.js
	@cp node_modules/qr/index.js node_modules/qr/decode.js static/vendor/qr/

chromium:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || $(MAKE) --no-print-directory chromium-install

chromium-install:
	@echo "正在用 apt-get 安装 Chromium……"
	@if [ "$$(id -u)" = 0 ]; then root=""; else root="sudo -n"; fi; export DEBIAN_FRONTEND=noninteractive; \
		{ $$root apt-get -q update && $$root apt-get -q install -y --no-install-recommends chromium; } >&2 && command -v chromium || \
		{ echo "没有找到 Chromium，也未能安装。请安装后使 chromium 命令在 PATH 上。"; exit 1; }

.PHONY: help run setup test install lint bench faults lock chromium chromium-install
