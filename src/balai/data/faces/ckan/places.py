"""Actions beside the packages: the site, organizations, tags, licences, accounts."""

import json
from collections import defaultdict
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.errors import Forbidden, NotFound
from balai.base.version import version
from balai.data import reads
from balai.data.faces.ckan import licences
from balai.data.faces.ckan.asked import Asked, Rendered, action, actions
from balai.data.faces.ckan.index import Index, index, organization_of
from balai.data.faces.ckan.packages import Organization, government, tag
from balai.data.reads.shelved import Bits, each, some
from balai.people import reads as people

SPOKEN = "2.11.0"
"""The version of CKAN whose API this is; clients ask for it to know what there is."""
_MOST = 2**31
_MOST_PACKAGES = 1000


@action("site_read")
def site_read(asked: Asked) -> bool:
    """Say that the site may be read."""
    return True


@action("status_show")
def status_show(asked: Asked) -> dict[str, Any]:
    """Say what answers here."""
    here = government(asked.actor.tenant)
    return {
        "ckan_version": SPOKEN,
        "balai_version": version(),
        "site_title": here.title,
        "site_description": _("Satu Data %(name)s") % {"name": here.title},
        "site_url": asked.base,
        "locale_default": "id",
        "error_emails_to": None,
        "extensions": ["datastore"],
    }


@action("help_show")
def help_show(asked: Asked) -> str:
    """Return what an action does."""
    name = asked.needed("name")
    found = actions().get(name)
    if found is None:
        raise NotFound(_("Tidak ada aksi “%(name)s”.") % {"name": name[:80]})
    return (found.do.__doc__ or "").strip()


@action("license_list")
def license_list(asked: Asked) -> list[dict[str, Any]]:
    """Return the licences that have an identifier."""
    return [each.shown() for each in (*licences.KNOWN, licences.OTHER)]


@action("organization_list")
def organization_list(asked: Asked) -> list[Any]:
    """Return the offices, by name or with all that is said of them."""
    known = index(asked.actor)
    found = list(_organizations(known).values())
    if wanted := {str(each) for each in asked.listed("organizations")}:
        found = [each for each in found if each.name in wanted or each.id in wanted]
    counts = defaultdict(int, known.counted("owner_org", known.open))
    order = (asked.text("sort") or asked.text("order_by") or "title asc").lower()
    by_count = order.startswith(("package_count", "packages"))
    found.sort(key=lambda each: counts[each.id] if by_count else each.title.casefold())
    if order.endswith("desc"):
        found.reverse()
    start = asked.number("offset", 0, _MOST)
    found = found[start : start + asked.number("limit", 1000, 1000)]
    if not asked.yes("all_fields"):
        return [each.name for each in found]
    return [{**each.shown(), "package_count": counts[each.id]} for each in found]


@action("organization_show")
def organization_show(asked: Asked) -> Rendered:
    """Return an office by its id or name, with its packages where `include_datasets` is true."""
    known = index(asked.actor)
    found = _organization(known, asked.needed("id"))
    own = known.open & known.values("owner_org").get(found.id, 0)
    nothing: dict[str, Any] = {name: [] for name in ("users", "tags", "groups", "extras")}
    return _with_packages(asked, known, {**found.shown(), "package_count": own.bit_count(), **nothing}, own)


@action("organization_autocomplete")
def organization_autocomplete(asked: Asked) -> list[dict[str, str]]:
    """Return the offices whose name has some letters."""
    begin = asked.needed("q").casefold()
    found = [
        each
        for each in _organizations(index(asked.actor)).values()
        if begin in each.title.casefold() or begin in each.name.casefold()
    ]
    return [{"id": each.id, "name": each.name, "title": each.title} for each in found][
        : asked.number("limit", 20, 100)
    ]


@action("organization_list_for_user")
def organization_list_for_user(asked: Asked) -> list[dict[str, Any]]:
    """Return the offices in whose name the program may declare datasets."""
    codes = reads.offices_to_speak_for(asked.actor)
    found = [each for each in _organizations(index(asked.actor)).values() if each.name in codes]
    return [{**each.shown(), "capacity": "editor"} for each in found]


@action("organization_create", writes=True)
def organization_create(asked: Asked) -> NoReturn:
    """Offices are made by who administers accounts, not here."""
    raise Forbidden(_("Perangkat daerah dikelola di halaman akun dan perangkat daerah, bukan lewat API ini."))


@action("group_list")
@action("vocabulary_list")
@action("resource_view_list")
@action("package_relationships_list")
def nothing(asked: Asked) -> list[Any]:
    """Return nothing: Balai has none of these; topics are the keywords (tags) of a dataset."""
    return []


@action("group_show")
def group_show(asked: Asked) -> NoReturn:
    """Return a group; there are none."""
    raise NotFound(_("Di sini tidak ada kelompok; topik adalah kata kunci (tag)."))


@action("tag_list")
def tag_list(asked: Asked) -> list[Any]:
    """Return the keywords of the open packages."""
    begin = (asked.text("query") or asked.text("q")).casefold()
    names = _tags(asked, begin)
    return [tag(name) for name in names] if asked.yes("all_fields") else names


@action("tag_autocomplete")
def tag_autocomplete(asked: Asked) -> list[str]:
    """Return the keywords that have some letters."""
    begin = (asked.text("query") or asked.needed("q")).casefold()
    return _tags(asked, begin)[: asked.number("limit", 10, 100)]


@action("tag_show")
def tag_show(asked: Asked) -> Rendered:
    """Return a keyword by its id or name, with its packages where `include_datasets` is true."""
    key = asked.needed("id")
    known = index(asked.actor)
    for name in _tags(asked, ""):
        if key in (name, tag(name)["id"]):
            return _with_packages(asked, known, tag(name), known.open & known.values("tags")[name])
    raise NotFound(_("Tidak ada kata kunci “%(key)s”.") % {"key": key[:80]})


@action("user_show")
def user_show(asked: Asked) -> dict[str, Any]:
    """Return the account of the program; those of others are nobody's business."""
    key, actor = asked.text("id"), asked.actor
    if not actor.is_signed_in or key not in ("", actor.id):
        raise NotFound(_("Tidak ada akun ini."))
    return {
        "id": actor.id,
        "name": actor.id,
        "fullname": actor.name,
        "display_name": actor.name,
        "state": "active",
        "sysadmin": False,
        "about": None,
    }


@action("user_list")
def user_list(asked: Asked) -> list[Any]:
    """Return the account of the program alone."""
    return [user_show(asked)] if asked.actor.is_signed_in else []


@action("user_create", writes=True)
def user_create(asked: Asked) -> NoReturn:
    """People make their accounts themselves, and seats are given by two others; not here."""
    raise Forbidden(
        _("Akun dibuat pemiliknya di /akun/signup/, dan perannya diberikan pengelola akun; bukan di sini.")
    )


@action("api_token_create", writes=True)
def api_token_create(asked: Asked) -> NoReturn:
    """A key is made by its owner, signed in with a second factor; a key that makes keys could never end."""
    raise Forbidden(
        _("Kunci program dibuat pemiliknya di /saya/kunci setelah masuk; sebuah kunci tidak membuat kunci.")
    )


def _tags(asked: Asked, letters: str) -> list[str]:
    """Return the keywords of open packages that have some letters."""
    known = index(asked.actor)
    return sorted(name for name, _count in known.counted("tags", known.open) if letters in name.casefold())


def _organizations(known: Index) -> dict[str, Organization]:
    """Return id → office of this tenant, and whoever else has open packages here."""
    here = government(tenancy.current_tenant())
    offices = people.all_offices()
    found = {here.id: here}
    found |= {str(row.pk): Organization(str(row.pk), row.code, row.name) for row in offices}
    for own in known.values("owner_org").values():
        if own & known.open:
            (one,) = known.at([next(each(own & known.open))])
            found[organization_of(one).id] = organization_of(one)
    return found


def _organization(known: Index, key: str) -> Organization:
    found = _organizations(known)
    if key in found:
        return found[key]
    for each_one in found.values():
        if each_one.name == key:
            return each_one
    raise NotFound(_("Tidak ada perangkat daerah “%(key)s”.") % {"key": key[:80]})


def _with_packages(asked: Asked, known: Index, shown: dict[str, Any], own: Bits) -> Rendered:
    head = json.dumps(shown, ensure_ascii=False).encode()
    if not asked.yes("include_datasets"):
        return Rendered(head)
    bodies = known.bodies(some(own, known.order("name"), 0, _MOST_PACKAGES), asked.base)
    return Rendered(head[:-1] + b', "packages": [' + b",".join(bodies) + b"]}")
