# For those whose fingers type make; everything is in ./balai.
up test check bench backup upgrade help:
	@./balai $@
.PHONY: up test check bench backup upgrade help
