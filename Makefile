# Thin on purpose: what each target does is in bootstrap.py, which Windows runs without make.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$name && break; done)
BOOTSTRAP = @if [ -z "$(PYTHON)" ]; then \
	echo "error: no Python was found; install Python 3.12, then run this again." >&2; exit 1; fi; \
	"$(PYTHON)" bootstrap.py

.DEFAULT_GOAL = lab
.PHONY: lab test build book bench mutants lock system-packages

lab:  ## install what is missing, then open JupyterLab on your next lesson (OPTIONS="--home FOLDER": there)
	$(BOOTSTRAP) lab $(OPTIONS)

test:  ## install what is missing, then run every check and test (OPTIONS=--cov: and what they reach)
	$(BOOTSTRAP) test $(OPTIONS)

build:  ## write the notebooks from their sources
	$(BOOTSTRAP) build

book:  ## execute every lesson and make the book, pages that open from disk
	$(BOOTSTRAP) book

bench:  ## run every benchmark (OPTIONS="--ml-100k PATH": on MovieLens 100K)
	$(BOOTSTRAP) bench $(OPTIONS)

mutants:  ## list the changes to formulas/ that no test notices (an hour)
	$(BOOTSTRAP) mutants

lock:  ## resolve constraints.txt again (OPTIONS=--upgrade takes newer versions)
	$(BOOTSTRAP) lock $(OPTIONS)

system-packages:  ## from Debian or Ubuntu: the browser of the browser tests, the grader's sandbox
	@if command -v chromium >/dev/null && command -v bwrap >/dev/null; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	echo "error: there is no apt-get here; install Chromium and bubblewrap as your system does it." \
	>&2; exit 1; fi; \
	as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	$$as_root apt-get update -qq && \
	$$as_root apt-get install -y -qq --no-install-recommends chromium bubblewrap
