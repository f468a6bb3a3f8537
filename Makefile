# Two commands matter: `make serve` and `make test`. `make help` lists the rest.
PORT ?= 8000
JOBS ?= 2
ASK ?= yes
RUN := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help chapter try serve book packs pdf cartridge addresses links test test-all lint unit notebooks pages browser bench environment test-environment clean

help:
	@echo "make serve          build the book if anything changed, serve it on 127.0.0.1:$(PORT) (PORT=... for another)"
	@echo "make book           build the book into _build/html"
	@echo "make packs          a zip a chapter for teachers, in _build/html/_packs: notebooks, slides, figures, pages to print"
	@echo "make cartridge      pages and checks for a learning management system: SITE=https://... says where the book is, and is asked (ASK=no)"
	@echo "make pdf            the whole book as one PDF, in _build (needs Chromium; about a minute and a half)"
	@echo "make addresses      write the repository's address, from _config.yml, into the notebooks that Colab opens"
	@echo "make links          ask the network whether every link that leads out of the book still answers"
	@echo "make test           everything, from nothing; or one part of it:"
	@echo "  make lint           ruff: rules and format"
	@echo "  make unit           the library's tests and doctests"
	@echo "  make notebooks      every notebook's cells, every explorer's frames"
	@echo "  make pages          the book from nothing, warnings as errors"
	@echo "  make browser        the built book in headless Chromium (CHROMIUM=... names one)"
	@echo "make chapter        begin one: NAME=19_next_step TITLE=\"The next step\"; make try NAME=19_next_step tries it"
	@echo "make test-all       the same with the tests that only repeat it: more pages, widths and sizes"
	@echo "make bench          widths, bits and times in a small table, measured now (more: benchmarks/README.md)"
	@echo "make clean          remove all that was made: _build, .venv, caches"

serve: environment
	@$(RUN) tools/serve.py $(PORT)

book: environment
	@$(RUN) tools/build.py

packs: book
	@echo "Chapter packs are in _build/html/_packs."

cartridge: book
	@$(RUN) tools/cartridge.py "$(SITE)" "$(ASK)"

addresses: environment
	@$(RUN) tools/home.py

links: environment
	@$(RUN) tools/links.py

pdf: test-environment
	@$(RUN) tools/chromium.py
	@$(RUN) tools/build.py
	@$(RUN) tools/pdf.py

# Cheap checks first; then two slow ones, a core each; and the browser reads the pages just built. Every frame is
# drawn once: by the build, which fails where one does.
test: test-environment
	@SUPERPOS_EXPLORE= $(RUN) tools/timed.py lint notebooks+pages unit browser

# What repeats it on more pages, widths and sizes: tests marked `thorough`, and every frame again in its notebook.
test-all: test-environment
	@SUPERPOS_THOROUGH=1 $(RUN) tools/timed.py lint notebooks+pages unit browser

lint: test-environment
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	@$(RUN) tools/asserting.py

unit: test-environment
	$(RUN) -m pytest -n $(JOBS) superpos_lib tests --ignore tests/browser

# A notebook's cells share a kernel, so one worker takes them all.
notebooks: test-environment
	$(RUN) -m pytest -n $(JOBS) --dist loadfile --nbval-lax book

pages: test-environment
	rm -rf _build
	@$(RUN) tools/build.py

browser: test-environment
	@$(RUN) tools/chromium.py
	@$(RUN) tools/build.py
	$(RUN) -m pytest -n $(JOBS) tests/browser

# A chapter's skeleton, and a quick look at one chapter: its rules, its cells with every frame, its exercises.
chapter: test-environment
	@$(RUN) tools/chapter.py "$(NAME)" "$(TITLE)"
	@$(RUN) -m ruff format --quiet "book/$(NAME).ipynb"

try: test-environment
	$(RUN) -m pytest -q -k "$(NAME)" --nbval-lax tests/test_chapters.py tests/test_quizzes.py tests/test_exercises.py "book/$(NAME).ipynb"

bench:
	@sh tools/environment.sh benchmarks/requirements.txt
	@$(RUN) -m benchmarks

environment:
	@sh tools/environment.sh requirements.txt

test-environment:
	@sh tools/environment.sh tests/requirements.txt

clean:
	rm -rf _build .venv .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
