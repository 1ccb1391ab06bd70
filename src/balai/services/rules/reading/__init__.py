"""The parts of a file of a service, read one by one; `balai.services.rules.building` puts them together."""
