"""What every module stands on: tenants, actors, time, money, numbers, the journal, jobs, files.

Each file here hides one idea and has more than one user; each is a door of its
own. Nothing in it knows a word of the domain (plan, service, bill).
"""
