"""What may be seen of people; lists begin with what the actor may see."""

from balai.people.reads.actors import Arrival, actor_for, arrive, has_second_factor, seats_on, visitor
from balai.people.reads.catalogue import cities, city, roles
from balai.people.reads.governments import forget_governments, government, governments, tenant_at

__all__ = [
    "Arrival",
    "actor_for",
    "arrive",
    "cities",
    "city",
    "forget_governments",
    "government",
    "governments",
    "has_second_factor",
    "roles",
    "seats_on",
    "tenant_at",
    "visitor",
]
