# `make help` lists the targets. Everything runs on Node 24, which npm installs itself: no other tool is needed.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check build dist deploy bench clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

node_modules/.installed: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

setup: node_modules/.installed ## install the npm packages

demo: setup ## start the playground and the sidecar; ARGS=--script plays the smoke scenario by itself
	@npm run --silent demo -- $(ARGS)

test: setup ## all tests; installs Chromium from the Debian package when missing and possible
	@npm run --silent test -- $(ARGS)

check: setup ## types, lint, format, unused code
	@npm run --silent check

build: setup ## the plugin bundle and the sidecar's JavaScript
	@npm run --silent build

dist: build ## dist/: plugin .tar.gz (SIDECAR_URL goes into it) and the sidecar as an npm package
	@npm run --silent dist

deploy: dist ## upload and enable the plugin: MM_SERVICESETTINGS_SITEURL with MM_ADMIN_TOKEN, or MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD
	@npm run --silent deploy

bench: setup ## measure, as ratios in one run
	@npm run --silent bench -- $(ARGS)

clean: ## remove what was built and installed
	rm -rf dist node_modules webapp/dist sidecar/dist playground/mattermost/dist data
