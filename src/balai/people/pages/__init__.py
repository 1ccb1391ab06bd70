"""The pages of people: accounts and offices, the register of partners, and one's own data."""
