# Thin on purpose: each target is one script in scripts/. `make demo` and `make test` are all a newcomer needs.
# make demo   build, load a place, run the main job, serve http://127.0.0.1:8080
#             PLACE=350181,440604 more counties · LISTEN=… · DATA=… · ARGS="…" passed on
# make test   everything CI checks; ends with "N passed, N failed"
# make run    ARGS="serve --data DIR --listen ADDR" (any yizhi command)
# make bench  ONLY=steps one of them

export PLACE LISTEN DATA ARGS ONLY TARGET

.DEFAULT_GOAL := build
.PHONY: demo test build run check bench release clean

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

build:
	@scripts/build.sh

run:
	@scripts/build.sh $(or $(ARGS),--help)

check:
	@scripts/check.sh

bench:
	@scripts/bench.sh

release:
	@scripts/release.sh

clean:
	rm -rf web/dist web/node_modules e2e/node_modules e2e/test-results e2e/playwright-report
	cargo clean
