# Each verb is `./dev VERB`, which needs Python >= 3.11 and nothing else; `make help` lists them.
# PYTHON=/path/to/python3 chooses another Python, PORT=8001 another port, ARGS="..." is passed on.
PYTHON ?= python3
export PORT

.DEFAULT_GOAL := help
.PHONY: help setup run test check labs content bench drill attack

help: ; @$(PYTHON) ./dev help

setup: ## Install everything and build it.
	@$(PYTHON) ./dev setup $(ARGS)

run: ## Start Drillyard on this machine (PORT=8000).
	@$(PYTHON) ./dev run $(ARGS)

test: ## Run every test that this machine can run.
	@$(PYTHON) ./dev test $(ARGS)

check: ## Check style, types, layers and templates.
	@$(PYTHON) ./dev check $(ARGS)

labs: ## Prove every lab: solutions pass, mutants die.
	@$(PYTHON) ./dev labs $(ARGS)

content: ## Check every chapter, lab and question file.
	@$(PYTHON) ./dev content $(ARGS)

bench: ## Measure; records go to bench/results/.
	@$(PYTHON) ./dev bench $(ARGS)

drill: ## Kill workers mid-run: no submission is lost.
	@$(PYTHON) ./dev drill $(ARGS)

attack: ## Attack the sandbox with hostile submissions.
	@$(PYTHON) ./dev attack $(ARGS)
