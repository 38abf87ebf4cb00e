# `make help` lists what can be done. `make run` and `make test` need nothing
# but Go, Node and, for the browser, a Debian that may install Chromium.

SHELL := /bin/bash -o pipefail
VERSION ?= $(shell git describe --tags --dirty 2>/dev/null | sed 's/^v//' | grep . || echo 0.0.0)
GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# SEEDS is how many schedules `make sim` tries, FUZZTIME how long each fuzz
# target runs.
SEEDS ?= 100000
FUZZTIME ?= 30s

.PHONY: help
help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/carillon
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/carillon ./cmd/carillon

.PHONY: run
run: build ## Run the server with its live demo page at http://localhost:8000
	bin/carillon serve --dev

.PHONY: test
test: lint go fuzz demo-test sdk browser ## Test everything; installs what is missing
	@echo "ok  	carillon: lint, Go with and without the race detector, fuzzing, demo page, SDK and browser"

.PHONY: lint
lint: ## Check format and style
	$(GOLANGCI) run ./...

.PHONY: go
go: ## Run the Go tests, with the race detector and without
	go test -race ./...
	go test $$(go list ./... | grep -v /test/)

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME
	@test/support/fuzz.sh $(FUZZTIME)

.PHONY: sim
sim: ## Run the simulation with SEEDS seeds
	go test ./test/sim -count 1 -timeout 0 -v -run TestSeeds -sim.seeds $(SEEDS)

.PHONY: demo
demo: demo/web/node_modules ## Build the demo page anew; the result is committed
	cd demo/web && npm run build

.PHONY: demo-test
demo-test: demo ## Test the demo page, and that what is committed is what its source makes
	cd demo/web && npm test
	@test -z "$$(git status --porcelain -- demo/dist)" || { echo 'demo/dist is not what its source makes: commit it'; exit 1; }

.PHONY: sdk
sdk: build test/node_modules ## Test with the official JavaScript SDK
	cd test && npm run sdk

.PHONY: browser
browser: build test/node_modules ## Test the demo page in Chromium; screenshots go to test/screenshots
	test/support/chromium.sh
	cd test && npm run browser

.PHONY: bench
bench: ## Measure beside the floor: TOOLS=DIR has rtload and floor; writes bench/RESULTS.md
	TOOLS=$(TOOLS) node bench/run.mjs

test/node_modules demo/web/node_modules: %/node_modules: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund
	@touch $@

.PHONY: docs
docs: ## Write the reference of options anew
	go test ./config -run TestOptionReference -update

.PHONY: clean
clean: ## Remove what was built and installed here
	rm -rf bin test/node_modules test/screenshots demo/web/node_modules
