"""The pages of the plan: `public` for everybody, the others for officers."""
