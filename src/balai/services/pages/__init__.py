"""The pages of services: `public_*` for residents, `desk_*` for officers."""
